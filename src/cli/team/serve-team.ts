import { isLoopback } from '../../mcp/http/site.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Settings } from '../settings/settings.ts';
import { type OpenTeam, openTeam, readTeamFile } from './open-team.ts';
import type { Host, OpenWorkspace } from './open-workspace.ts';
import type { TeamFile } from './team-file.ts';
import { tryOutTeam } from './try-out.ts';

/** Time beyond the longest call, for it to record its outcome. */
const retireMs = 5000;

/** The team that is served, and its file. */
export interface ServedTeam {
  current(): OpenTeam;
  /** Reads the file again. If it cannot be used, the old team stays, and the log says why. */
  reload(): Promise<void>;
  /** The token of a team that was made for trying out. */
  readonly token?: string;
  /** Whether the file takes a key from this variable. */
  usesVariable(name: string): boolean;
  close(): Promise<void>;
}

/**
 * Opens the team of the file in the settings; without one, a team for trying out the sandbox.
 * @throws ConfigurationError if it cannot be used, or would be open to anybody.
 */
export async function serveTeam(host: Host): Promise<ServedTeam> {
  const { settings, logger } = host;
  const { team: path } = settings;
  const tryOut = path === undefined ? tryOutOf(settings) : undefined;
  const read = async () => {
    const file = tryOut?.file ?? (await readTeamFile(path ?? ''));
    refuseOpenDoor(file, settings);
    refuseUnnamedServer(file, settings);
    return file;
  };
  let file = await read();
  let current = await openTeam(file, path ?? '.', host);
  if (current.anyone !== undefined)
    logger.warn('The team file has neither tokens nor sign_in: everybody who can reach this port is let in.');
  let lastReload = Promise.resolve();
  const retired = new Map<OpenWorkspace, NodeJS.Timeout>();

  /** Calls that are under way on it end first. */
  function retire(workspace: OpenWorkspace): void {
    const close = () => {
      retired.delete(workspace);
      void workspace.close();
    };
    retired.set(workspace, setTimeout(close, settings.callTimeoutMs + retireMs).unref());
  }

  async function reload(): Promise<void> {
    if (path === undefined) return;
    try {
      const next = await read();
      const before = current;
      current = await openTeam(next, path, host, before);
      file = next;
      logger.warn({ workspaces: current.workspaces.size, tokens: next.tokens.length }, 'team file reloaded');
      for (const workspace of removed(before, current)) retire(workspace);
    } catch (error) {
      const kept = 'The team file was not reloaded; the old one stays in force.';
      // Even a bug must not end a server that others use.
      if (error instanceof ConfigurationError) logger.error(`${kept} ${error.message}`);
      else logger.error({ err: error }, kept);
    }
  }
  return {
    current: () => current,
    // One at a time: the last file wins.
    reload: () => {
      lastReload = lastReload.then(reload);
      return lastReload;
    },
    ...(tryOut && { token: tryOut.token }),
    usesVariable: (name) =>
      file.sign_in?.client_secret_env === name ||
      Object.values(file.workspaces).some(({ api_key_env }) => api_key_env === name),
    async close() {
      for (const timer of retired.values()) clearTimeout(timer);
      for (const workspace of [...current.workspaces.values(), ...retired.keys()]) await workspace.close();
    },
  };
}

function tryOutOf(settings: Settings<'http'>) {
  if (settings.sandbox) return tryOutTeam();
  throw new ConfigurationError(
    '--team is required: a file with workspaces, roles and tokens (docs/team.md). To try it out on demo data, use --sandbox.',
  );
}

/** @throws ConfigurationError if somebody could come in without a token who should not. */
function refuseOpenDoor(
  { tokens, sign_in: signIn, workspaces, roles }: TeamFile,
  settings: Settings<'http'>,
): void {
  if (tokens.length > 0 || signIn !== undefined) return;
  const add = 'Add tokens to it (the command token makes one), or sign_in.';
  if (!isLoopback(settings.host) || settings.publicUrl !== undefined) {
    throw new ConfigurationError(
      `The team file has neither tokens nor sign_in, and the server would be reachable beyond this machine: anybody could use it. ${add}`,
    );
  }
  if (Object.keys(workspaces).length > 1 || Object.keys(roles).length > 1)
    throw new ConfigurationError(
      `The team file has neither tokens nor sign_in, and more than one workspace or role. ${add}`,
    );
}

/**
 * The name of a server in a request is chosen by its sender, who may have a token that was made for that name.
 * @throws ConfigurationError if people sign in at a server whose address is not set.
 */
function refuseUnnamedServer({ sign_in: signIn }: TeamFile, { publicUrl }: Settings<'http'>): void {
  if (signIn === undefined || publicUrl !== undefined) return;
  throw new ConfigurationError(
    '--public-url is required with sign_in: people sign in for the address of this server, such as https://mcp.example.com.',
  );
}

/** Workspaces that no new call uses. */
function removed(before: OpenTeam, now: OpenTeam): OpenWorkspace[] {
  return [...before.workspaces.values()].filter(
    (workspace) => now.workspaces.get(workspace.id) !== workspace,
  );
}
