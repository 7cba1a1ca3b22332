import { type Machine, type McpClient, pathsOf } from './clients.ts';

/** Where the key of an entry comes from; none with the sandbox. */
export type KeyChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'variable'; readonly placeholder: string }
  | { readonly kind: 'input' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'clear'; readonly key: string };

/** How the client is to start the server. */
type Start =
  /** From the registry, by whatever version npx finds. */
  | { readonly kind: 'npx' }
  /** This very copy. */
  | { readonly kind: 'copy'; readonly node: string; readonly program: string };

/** Where npx and its like keep what they run once; it may be gone tomorrow. */
const passing = /[\\/](?:_npx|dlx(?:-[^\\/]*)?|bunx-[^\\/]*)[\\/]/;

/**
 * As this program was started itself: by npx, or as the copy that it is, installed or a clone.
 * @param program its file, links resolved.
 */
export function startOf(program: string, byNpx: boolean): Start {
  if (byNpx || passing.test(program)) return { kind: 'npx' };
  return { kind: 'copy', node: process.execPath, program };
}

/** What a person types to call this program again as it was called. */
export function callOf(program: string): string {
  const start = startOf(program, false);
  return start.kind === 'npx' ? 'npx -y opencx-sessions-mcp' : `node ${program}`;
}

export interface Entry {
  readonly type?: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The server expands `~` itself, so that one name fits every system. The ending keeps Notepad from adding one. */
const defaultKeyFile = '~/.opencx/api-key.txt';

/** What VS Code asks for, once. */
export const keyInput = {
  id: 'opencx-key',
  type: 'promptString',
  description: 'OpenCX API key (made in the dashboard under Settings, Access)',
  password: true,
} as const;

/** The key's way where nobody chose another: never in clear. */
export function usualKey({ key }: McpClient): KeyChoice {
  return key.kind === 'file' ? { kind: 'file', file: defaultKeyFile } : key;
}

/** @param flags the server's own, such as `--read-only`. */
export function makeEntry(
  client: McpClient,
  platform: Machine['platform'],
  start: Start,
  flags: readonly string[],
  key: KeyChoice,
): Entry {
  const env = environmentOf(key);
  return {
    ...(client.id === 'vscode' && { type: 'stdio' }),
    ...commandOf(start, platform, flags),
    ...(env && { env }),
  };
}

/** The whole file as it would be with nothing but this entry in it. */
export function asFile(client: McpClient, name: string, entry: Entry, key: KeyChoice): object {
  return {
    ...(key.kind === 'input' && { inputs: [keyInput] }),
    [client.servers]: { [name]: entry },
  };
}

function commandOf(start: Start, platform: Machine['platform'], flags: readonly string[]) {
  if (start.kind === 'copy') return { command: start.node, args: [start.program, ...flags] };
  const args = ['-y', 'opencx-sessions-mcp', ...flags];
  // There npx is a batch file, which only the command interpreter can start.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'npx', ...args] };
  return { command: 'npx', args };
}

function environmentOf(key: KeyChoice): Record<string, string> | undefined {
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

/** What is left to be done about the key, as whole lines. */
export function aboutKey(
  client: McpClient,
  key: KeyChoice,
  platform: Machine['platform'],
  fileIsThere: boolean,
): string[] {
  switch (key.kind) {
    case 'none':
      return [];
    case 'variable':
      return [
        `Set OPENCX_API_KEY in the environment that ${client.title} starts in (the key is made in the OpenCX dashboard`,
        'under Settings, Access). What a shell exports does not reach an application started from a dock or menu:',
        `there, call init with --key-file ${defaultKeyFile} --write --replace.`,
      ];
    case 'input':
      return [
        'VS Code asks for the key when it first starts the server, and keeps it in its own secret storage.',
      ];
    case 'file':
      if (fileIsThere) return [`The key is read from ${key.file}: that file must hold it, and nothing else.`];
      return [
        'Make a key in the OpenCX dashboard under Settings, Access, and put it, and nothing else, into a file of yours:',
        ...makeFile(key.file, platform),
      ];
    case 'clear':
      return ['The key stands in clear in that file: neither share nor commit it.'];
  }
}

function makeFile(file: string, platform: Machine['platform']): string[] {
  const { dirname } = pathsOf(platform);
  if (platform === 'win32') {
    const place = file.replace(/^~/, '%USERPROFILE%').replaceAll('/', '\\');
    return [`  cmd /c "mkdir ${dirname(place)} & notepad ${place}"`];
  }
  // The quotes of a shell would keep it from expanding the tilde.
  const place = /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `  (umask 077; mkdir -p ${dirname(place)}; cat > ${place})`,
    '  then paste the key and press Enter and Ctrl-D.',
  ];
}
