import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Grant, Role, Team } from '../../mcp/http/team.ts';
import { tokenIndex } from '../../mcp/http/tokens.ts';
import { offerOf } from '../../mcp/offer.ts';
import { SelectionError, selectsCard, selectTools } from '../../pipeline/tool-selection.ts';
import { tools } from '../../tools/index.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { readCard } from '../setup/read-card.ts';
import { type Host, type OpenWorkspace, prepareWorkspace } from './open-workspace.ts';
import { parseTeamFile } from './parse-team-file.ts';
import type { RoleEntry, TeamFile } from './team-file.ts';

/** A team with its open workspaces. */
export interface OpenTeam extends Team {
  readonly workspaces: ReadonlyMap<string, OpenWorkspace>;
}

/** @throws ConfigurationError if the file cannot be read, or has a mistake. */
export async function readTeamFile(file: string): Promise<TeamFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'file not found' : `the file cannot be read (${code})`;
    throw new ConfigurationError(`--team: ${reason}: ${file}. See docs/team.md for an example.`);
  }
  return parseTeamFile(text, file);
}

/**
 * Opens a team. Everything is checked before anything is opened.
 * @param file the path of the team file; keys are read relative to its folder.
 * @param before the team that is served now: workspaces that did not change go on with their connections.
 * @throws ConfigurationError if something in it cannot be used. Then nothing was opened.
 */
export async function openTeam(
  entries: TeamFile,
  file: string,
  host: Host,
  before?: OpenTeam,
): Promise<OpenTeam> {
  const roles = new Map(
    Object.entries(entries.roles).map(([name, entry]) => [name, roleOf(name, entry, file)]),
  );
  const folder = dirname(resolve(file));
  const prepared = await Promise.all(
    Object.entries(entries.workspaces).map(([id, entry]) => prepareWorkspace(id, entry, folder, host)),
  );
  const workspaces = new Map<string, OpenWorkspace>();
  const opened: OpenWorkspace[] = [];
  try {
    for (const one of prepared) {
      const same = before?.workspaces.get(one.id);
      const workspace = same?.fingerprint === one.fingerprint ? same : await one.open();
      if (workspace !== same) opened.push(workspace);
      workspaces.set(one.id, workspace);
    }
  } catch (error) {
    for (const workspace of opened) await workspace.close();
    throw error;
  }
  // The file was checked: every name that it mentions exists.
  const grantOf = (issuer: string, subject: string, workspace: string, role: string): Grant => ({
    issuer,
    subject,
    workspace: workspaces.get(workspace) as OpenWorkspace,
    role: roles.get(role) as Role,
  });
  const findToken = tokenIndex(
    entries.tokens.map(({ name, sha256, workspace, role }) => ({
      sha256,
      grant: grantOf('token', name, workspace, role),
    })),
  );
  const signIn = await signInOf(entries, [...workspaces.keys()], host);
  const [workspace, another] = workspaces.keys();
  const [role, otherRole] = roles.keys();
  const isOneForAll = workspace !== undefined && role !== undefined && !another && !otherRole;
  const isOpen = entries.tokens.length === 0 && signIn === undefined && isOneForAll;
  return {
    workspaces,
    async authenticate(bearer, address) {
      const known = findToken(bearer);
      if (known !== undefined || signIn === undefined) return known?.grant;
      const person = await signIn.authenticate(bearer, address);
      if ('reason' in person) return person;
      return {
        ...grantOf(person.issuer, person.subject, person.workspace, person.role),
        scopes: person.scopes,
      };
    },
    signIn,
    anyone: isOpen ? grantOf('anyone', 'anyone', workspace, role) : undefined,
  };
}

/** The packages that check tokens are loaded only if they are needed. */
async function signInOf({ sign_in: entry }: TeamFile, workspaces: readonly string[], host: Host) {
  const { settings, env, logger } = host;
  const { publicUrl } = settings;
  if (entry === undefined || publicUrl === undefined) return undefined;
  const { openSignIn } = await import('./sign-in/sign-in.ts');
  const authenticate = openSignIn({ entry, workspaces, publicUrl, env, logger });
  return { issuer: entry.issuer, publicUrl, authenticate };
}

function roleOf(name: string, entry: RoleEntry, file: string): Role {
  const select = (readOnly: boolean) => {
    const selection = { readOnly, only: entry.tools };
    return offerOf(selectTools(tools, selection), {
      redacts: entry.redact.length > 0,
      readCard: selectsCard(selection) ? readCard : undefined,
    });
  };
  try {
    const offer = select(entry.read_only ?? false);
    const reads = offer.tools.some(({ effect }) => !effect.write);
    return {
      name,
      offer,
      readOnlyOffer: reads ? select(true) : undefined,
      confirmSends: entry.confirm_sends === 'ask',
      usesOutbox: entry.confirm_sends === 'outbox',
      approvesSends: entry.approve_sends,
      allowVerified: entry.allow_verified,
      redact: entry.redact,
    };
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    throw new ConfigurationError(`${file}: roles.${name}.tools: ${error.message}`);
  }
}
