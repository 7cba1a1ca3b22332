import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Grant, Role, Team } from '../../mcp/http/team.ts';
import { tokenIndex } from '../../mcp/http/tokens.ts';
import { offerOf } from '../../mcp/offer.ts';
import { SelectionError, selectsCard, selectTools } from '../../pipeline/tool-selection.ts';
import { tools } from '../../tools/index.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { readCard } from '../setup/read-card.ts';
import type { InboxProvider, InboxProviderOptions } from './inbox/provider.ts';
import type { Session } from './inbox/sealing.ts';
import { type Host, type OpenWorkspace, prepareWorkspace } from './open-workspace.ts';
import { parseTeamFile } from './parse-team-file.ts';
import { readSecret } from './read-secret.ts';
import { roleIn } from './sign-in/claims.ts';
import type { RoleEntry, TeamFile } from './team-file.ts';

type SignInEntry = NonNullable<TeamFile['sign_in']>;

/** A team with its open workspaces. */
export interface OpenTeam extends Team {
  readonly workspaces: ReadonlyMap<string, OpenWorkspace>;
  /** The inbox page, if people can sign in to it. */
  readonly inbox?: TeamInboxAccess | undefined;
}

/** Who gets in at the inbox page. */
export interface TeamInboxAccess extends InboxProvider {
  readonly publicUrl: string;
  /** What somebody who signed in before may do now; undefined if nothing. */
  grantOf(session: Session): OpenGrant | undefined;
  /** The name of a workspace for people. */
  titleOf(workspace: string): string;
}

interface OpenGrant extends Grant {
  readonly workspace: OpenWorkspace;
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
  const { sign_in: entry } = entries;
  const clientSecret = entry && (await clientSecretOf(entry, folder, host));
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
  const grantOf = (issuer: string, subject: string, workspace: string, role: string): OpenGrant => ({
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
  const signIn = await signInOf(entry, [...workspaces.keys()], host);
  const provider = entry && signIn && (await providerOf({ ...signIn, entry, clientSecret }, host));
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
    inbox: provider && {
      ...provider,
      publicUrl: signIn.publicUrl,
      grantOf({ issuer, subject, workspace, claims, scopes }) {
        const role = issuer === entry.issuer ? roleIn(workspace, claims, entry) : undefined;
        if (role === undefined || !workspaces.has(workspace)) return undefined;
        return { ...grantOf(issuer, subject, workspace, role), scopes };
      },
      titleOf: (workspace) => entries.workspaces[workspace]?.name ?? workspace,
    },
    anyone: isOpen ? grantOf('anyone', 'anyone', workspace, role) : undefined,
  };
}

/** The packages that check tokens are loaded only if they are needed. */
async function signInOf(entry: SignInEntry | undefined, workspaces: readonly string[], host: Host) {
  const { settings, env, logger } = host;
  const { publicUrl } = settings;
  if (entry === undefined || publicUrl === undefined) return undefined;
  const { openSignIn } = await import('./sign-in/sign-in.ts');
  const authenticate = openSignIn({ entry, workspaces, publicUrl, env, logger });
  return { issuer: entry.issuer, publicUrl, workspaces, authenticate };
}

/** @throws ConfigurationError if the secret of this server as a client cannot be read. */
async function clientSecretOf(
  { client_secret_file: file, client_secret_env: variable }: SignInEntry,
  folder: string,
  { env, logger, secrets }: Host,
): Promise<string | undefined> {
  const read = await readSecret({ file, variable }, 'sign_in.client_secret', folder, env);
  for (const { detail, fix } of read?.warnings ?? []) logger.warn(`sign_in: ${detail}. ${fix}`);
  if (read?.problem !== undefined) throw new ConfigurationError(read.problem);
  const secret = read?.key;
  if (secret !== undefined && !secrets.includes(secret)) secrets.push(secret);
  return secret;
}

/** @returns undefined if the file has no client for the inbox page. */
async function providerOf(
  options: Omit<InboxProviderOptions, 'clientId' | 'env' | 'logger'>,
  { env, logger }: Host,
): Promise<InboxProvider | undefined> {
  const { client_id: clientId } = options.entry;
  if (clientId === undefined) return undefined;
  const { inboxProvider } = await import('./inbox/provider.ts');
  return inboxProvider({ ...options, clientId, env, logger });
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
