import { type Distribution, distribution, npxArguments } from '../distribution.ts';
import type { McpClient } from './clients.ts';
import { type Machine, pathsOf } from './machine.ts';

/** Where the server gets its key from. */
export type KeyChoice =
  /** The sandbox needs none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'variable'; readonly placeholder: string }
  | { readonly kind: 'input' }
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
  return `node ${/^[\w./:\\~-]+$/.test(program) ? program : `"${program}"`}`;
}

export interface Entry {
  readonly type?: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The server expands `~` on every system. With the extension .txt, Notepad does not append one. */
export const defaultKeyFile = '~/.opencx/api-key.txt';

/** The prompt for the key in VS Code. */
export const keyInput = {
  id: 'opencx-key',
  type: 'promptString',
  description: 'OpenCX API key (made in the dashboard under Settings, Access)',
  password: true,
} as const;

/** The client's own way to keep the key out of the entry. */
export function usualKey({ key }: McpClient): KeyChoice {
  return key.kind === 'file' ? { kind: 'file', file: defaultKeyFile } : key;
}

/** @param flags for the server, such as `--read-only`. */
export function makeEntry(
  client: McpClient,
  platform: Machine['platform'],
  launch: Launch,
  flags: readonly string[],
  key: KeyChoice,
): Entry {
  const env = variablesFor(key);
  return {
    ...(client.id === 'vscode' && { type: 'stdio' }),
    ...commandFor(launch, platform, flags),
    ...(env && { env }),
  };
}

/** The content of a file that has only this entry. */
export function fileWithEntry(client: McpClient, name: string, entry: Entry, key: KeyChoice): object {
  return {
    ...(key.kind === 'input' && { inputs: [keyInput] }),
    [client.servers]: { [name]: entry },
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
    case 'none':
      return undefined;
    case 'variable':
      return { OPENCX_API_KEY: key.placeholder };
    case 'input':
      return { OPENCX_API_KEY: `\${input:${keyInput.id}}` };
    case 'file':
      return { OPENCX_API_KEY_FILE: key.file };
    case 'clear':
      return { OPENCX_API_KEY: key.key };
  }
}
