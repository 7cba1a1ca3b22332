import { type Distribution, distribution, npxArguments } from '../distribution.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { McpClient } from './clients/client.ts';
import type { Place } from './clients/entry-forms.ts';
import type { Json } from './formats/format.ts';
import { type Machine, pathsOf } from './machine.ts';

/** Where the server gets its key from, or the client its token. */
export type KeyChoice =
  /** The sandbox needs none, and neither does a server where people sign in. */
  | { readonly kind: 'none' }
  /** The client asks for the key, or for the token of a remote server. */
  | { readonly kind: 'input' | 'token-input' }
  | { readonly kind: 'token-variable'; readonly variable: string }
  | { readonly kind: 'file'; readonly file: string }
  /** In plain text, in the entry itself. */
  | { readonly kind: 'clear'; readonly key: string };

/** How a client starts the server. */
type Launch =
  /** From the npm registry. */
  | { readonly kind: 'npx'; readonly distribution: Distribution }
  /** This copy. */
  | { readonly kind: 'copy'; readonly node: string; readonly program: string };

/** Temporary folders of npx, pnpm dlx and bunx. */
const temporaryFolder = /[\\/](?:_npx|dlx(?:-[^\\/]*)?|bunx-[^\\/]*)[\\/]/;

/**
 * Starts the server the way this program was started: as an installed or cloned copy, or with npx if the package is
 * published.
 * @param program this program's file, with links resolved.
 */
export function launchMethod(program: string, forceNpx: boolean, from: Distribution = distribution): Launch {
  const npx = from.published && (forceNpx || temporaryFolder.test(program));
  return npx ? { kind: 'npx', distribution: from } : { kind: 'copy', node: process.execPath, program };
}

/** For another machine: from the registry, or a copy whose path the user has to fill in. */
export function launchElsewhere(platform: Machine['platform'], from: Distribution = distribution): Launch {
  if (from.published) return { kind: 'npx', distribution: from };
  const { join, sep } = pathsOf(platform);
  const root = platform === 'win32' ? 'C:\\' : sep;
  return {
    kind: 'copy',
    node: 'node',
    program: join(root, 'path', 'to', 'opencx-sessions-mcp', 'dist', 'main.cjs'),
  };
}

/** The shell command that runs this program again. */
export function invocation(program: string, from: Distribution = distribution): string {
  const launch = launchMethod(program, false, from);
  if (launch.kind === 'npx') return ['npx', ...npxArguments(from)].join(' ');
  return `node ${shellWord(program)}`;
}

/**
 * A word of a shell command. Quoted only if necessary: a shell does not expand a quoted tilde. Double quotes work in every
 * shell, but not around what they do not protect.
 */
export function shellWord(text: string): string {
  if (/^[\w./:\\~-]+$/.test(text)) return text;
  return /["$`]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

/** The server expands `~` on every system. With the extension .txt, Notepad does not append one. */
export const defaultKeyFile = '~/.opencx/api-key.txt';

/** What VS Code asks for, once. */
export const promptFor = (kind: 'input' | 'token-input') =>
  ({
    id: kind === 'input' ? 'opencx-key' : 'opencx-token',
    type: 'promptString',
    description:
      kind === 'input'
        ? 'OpenCX API key (made in the dashboard under Settings, Access)'
        : 'Token for the OpenCX sessions of your team (ask its administrators)',
    password: true,
  }) as const;

export const placeholderOf = (id: string) => `\${input:${id}}`;

/**
 * Where the key of a client comes from, unless its user decides otherwise. Programs that are started from a dock or a menu
 * do not see the variables of a shell, so it is a file, except in clients that ask and store the answer.
 */
export function usualKey({ asksForKey = false }: McpClient): KeyChoice {
  return asksForKey ? { kind: 'input' } : { kind: 'file', file: defaultKeyFile };
}

export const usualName = 'opencx-sessions';

/** @param flags for the server, such as `--read-only`. */
export function makeEntry(
  client: McpClient,
  platform: Machine['platform'],
  launch: Launch,
  flags: readonly string[],
  key: KeyChoice,
  place: Place = { name: usualName, isProject: false },
): Json {
  const command = commandFor(launch, platform, flags);
  return client.form.local({ ...command, env: variablesFor(key) }, place);
}

/**
 * @param key none where people sign in.
 * @throws ConfigurationError if the client's file has no remote servers.
 */
export function makeRemoteEntry(client: McpClient, url: string, key: KeyChoice, place: Place): Json {
  const { title, form, noRemote } = client;
  if (form.remote === undefined) {
    throw new ConfigurationError(
      `--url: ${title} has no remote servers in its file: ${noRemote}. The address is ${url}.`,
    );
  }
  return form.remote({ url, token: tokenFor(key) }, place);
}

/** The content of a file that has only this entry. */
export function fileWithEntry(client: McpClient, name: string, entry: Json, key: KeyChoice): Json {
  const path = typeof client.servers === 'function' ? client.servers({}) : client.servers;
  const isPrompt = key.kind === 'input' || key.kind === 'token-input';
  return {
    ...(isPrompt && { inputs: [promptFor(key.kind)] }),
    ...path.reduceRight<Json>((content, part) => ({ [part]: content }), { [name]: entry }),
  };
}

function commandFor(launch: Launch, platform: Machine['platform'], flags: readonly string[]) {
  if (launch.kind === 'copy') return { command: launch.node, args: [launch.program, ...flags] };
  const args = [...npxArguments(launch.distribution), ...flags];
  // On Windows npx is a batch file, which only cmd can start.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'npx', ...args] };
  return { command: 'npx', args };
}

function variablesFor(key: KeyChoice): Record<string, string> | undefined {
  switch (key.kind) {
    case 'input':
      return { OPENCX_API_KEY: placeholderOf(promptFor(key.kind).id) };
    case 'file':
      return { OPENCX_API_KEY_FILE: key.file };
    case 'clear':
      return { OPENCX_API_KEY: key.key };
    default:
      return undefined;
  }
}

function tokenFor(key: KeyChoice): string | undefined {
  if (key.kind === 'token-input') return placeholderOf(promptFor(key.kind).id);
  if (key.kind === 'token-variable') return key.variable;
  return key.kind === 'clear' ? key.key : undefined;
}
