import type { Json } from '../formats/format.ts';

/** A server that the client starts. */
export interface LocalServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A server that the client reaches over HTTP. */
export interface RemoteServer {
  readonly url: string;
  /**
   * Sent as a bearer token; for clients that take it from a variable only, its name. Without one, the client lets its
   * user sign in.
   */
  readonly token?: string | undefined;
}

/** Where an entry will stand. */
export interface Place {
  readonly name: string;
  readonly isProject: boolean;
}

/** How a client spells an entry. */
export interface EntryForm {
  local(server: LocalServer, place: Place): Json;
  /** Absent if the client's file has no remote servers. */
  readonly remote?: (server: RemoteServer, place: Place) => Json;
}

const headersOf = ({ token }: RemoteServer) =>
  token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } };

const usual = ({ command, args, env }: LocalServer): Json => ({ command, args, ...(env && { env }) });

/** The usual form of local servers, with the address of remote ones under this name. */
const withAddressAs = (key: string): EntryForm => ({
  local: usual,
  remote: (server) => ({ [key]: server.url, ...headersOf(server) }),
});

export const localOnly: EntryForm = { local: usual };
export const url = withAddressAs('url');
export const serverUrl = withAddressAs('serverUrl');
export const httpUrl = withAddressAs('httpUrl');

export const typedHttp: EntryForm = {
  local: usual,
  remote: (server) => ({ type: 'http', url: server.url, ...headersOf(server) }),
};

export const vscode: EntryForm = {
  local: (server) => ({ type: 'stdio', ...usual(server) }),
  remote: (server) => ({ type: 'http', url: server.url, ...headersOf(server) }),
};

/** In the user's file, the tools have to be listed; in a project's, they need not. */
export const copilot: EntryForm = {
  local: (server, { isProject }) => ({
    type: 'stdio',
    ...usual(server),
    ...(!isProject && { tools: ['*'] }),
  }),
  remote: (server, { isProject }) => ({
    type: 'http',
    url: server.url,
    ...headersOf(server),
    ...(!isProject && { tools: ['*'] }),
  }),
};

export const cline: EntryForm = {
  local: (server) => ({ ...usual(server), disabled: false }),
  remote: (server) => ({ type: 'streamableHttp', url: server.url, ...headersOf(server), disabled: false }),
};

export const kimi: EntryForm = {
  local: (server) => ({ transport: 'stdio', ...usual(server) }),
  remote: (server) => ({ transport: 'http', url: server.url, ...headersOf(server) }),
};

export const codex: EntryForm = {
  local: usual,
  remote: ({ url, token }) => ({
    url,
    ...(token !== undefined && { http_headers: { Authorization: `Bearer ${token}` } }),
  }),
};

const commandList = ({ command, args, env }: LocalServer): Json => ({
  type: 'local',
  command: [command, ...args],
  ...(env && { environment: env }),
  enabled: true,
});

export const opencode: EntryForm = {
  local: commandList,
  remote: (server) => ({ type: 'remote', url: server.url, ...headersOf(server), enabled: true }),
};

export const fx: EntryForm = {
  local: commandList,
  remote: ({ url, token }) => ({
    type: 'http',
    url,
    ...(token !== undefined && { bearer_token_env: token }),
    enabled: true,
  }),
};

/** Seconds that Goose waits for an answer. Its own default. */
const gooseTimeout = 300;

export const goose: EntryForm = {
  local: ({ command, args, env = {} }, { name }) => ({
    name,
    description: 'OpenCX support sessions',
    type: 'stdio',
    cmd: command,
    args,
    envs: env,
    enabled: true,
    timeout: gooseTimeout,
  }),
  remote: (server, { name }) => ({
    name,
    description: 'OpenCX support sessions',
    type: 'streamable_http',
    uri: server.url,
    ...headersOf(server),
    enabled: true,
    timeout: gooseTimeout,
  }),
};
