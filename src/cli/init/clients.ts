import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { closestMatch } from '../../text/closest-match.ts';
import { ConfigurationError, type Environment } from '../settings/read-settings.ts';

/** A machine as far as the places of files depend on it. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly home: string;
  readonly env: Environment;
  /** Not the machine that this program runs on: nothing is looked up. */
  readonly elsewhere: boolean;
}

/** How a client gets at the key without it standing in the file. */
type KeySource =
  /** It writes the variables of its own environment in the place of this. */
  | { readonly kind: 'variable'; readonly placeholder: string }
  /** It asks once and keeps the answer. */
  | { readonly kind: 'input' }
  /** It fills nothing in: a file of the user's has the key. */
  | { readonly kind: 'file' };

export interface McpClient {
  readonly id: string;
  readonly title: string;
  /** Key of the object that holds the servers, by name. */
  readonly servers: 'mcpServers' | 'servers' | 'context_servers';
  /** Whether its file may hold comments and trailing commas. */
  readonly comments: boolean;
  readonly key: KeySource;
  /** The file for all projects of a user. */
  userFile(machine: Machine): string;
  /** The file for one project, from its folder; absent where the client has none. */
  readonly projectFile?: string;
  /** What makes it read its file again. */
  readonly reload: string;
}

/**
 * The clients, as their own documents describe them (read November 2026): modelcontextprotocol.io/quickstart/user,
 * code.claude.com/docs/en/mcp, cursor.com/docs/mcp, code.visualstudio.com/docs/copilot/reference/mcp-configuration,
 * docs.windsurf.com/windsurf/cascade/mcp, zed.dev/docs/ai/mcp and zed.dev/docs/configuring-zed.
 */
export const clients: readonly McpClient[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    servers: 'mcpServers',
    comments: false,
    key: { kind: 'file' },
    userFile: (machine) =>
      pathsOf(machine.platform).join(claudeDesktopFolder(machine), 'claude_desktop_config.json'),
    reload: 'Quit Claude Desktop (closing its window is not enough) and start it again.',
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    servers: 'mcpServers',
    comments: false,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    key: { kind: 'variable', placeholder: '${OPENCX_API_KEY}' },
    userFile: ({ env, home, platform }) =>
      pathsOf(platform).join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json'),
    projectFile: '.mcp.json',
    reload: 'Start Claude Code anew; /mcp in it shows the server.',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    servers: 'mcpServers',
    comments: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    key: { kind: 'variable', placeholder: '${env:OPENCX_API_KEY}' },
    userFile: ({ home, platform }) => pathsOf(platform).join(home, '.cursor', 'mcp.json'),
    projectFile: '.cursor/mcp.json',
    reload: 'Start Cursor anew; its settings show the server under MCP.',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    servers: 'servers',
    comments: true,
    key: { kind: 'input' },
    userFile: (machine) =>
      pathsOf(machine.platform).join(applicationFolder(machine), 'Code', 'User', 'mcp.json'),
    projectFile: '.vscode/mcp.json',
    reload: 'Run "MCP: List Servers" from the Command Palette and start the server.',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    servers: 'mcpServers',
    comments: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
    key: { kind: 'variable', placeholder: '${env:OPENCX_API_KEY}' },
    userFile: ({ home, platform }) => pathsOf(platform).join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    reload: 'Start Windsurf anew, or press Refresh among the MCP servers of Cascade.',
  },
  {
    id: 'zed',
    title: 'Zed',
    servers: 'context_servers',
    comments: true,
    key: { kind: 'file' },
    userFile: (machine) => {
      const { join } = pathsOf(machine.platform);
      return machine.platform === 'win32'
        ? join(applicationFolder(machine), 'Zed', 'settings.json')
        : join(configFolder(machine), 'zed', 'settings.json');
    },
    projectFile: '.zed/settings.json',
    reload: 'Look into the Agent Panel of Zed: it shows the server with a green dot, without a new start.',
  },
];

/** Other words that people use. */
const otherNames: Readonly<Record<string, string>> = {
  claude: 'claude-desktop',
  desktop: 'claude-desktop',
  claudecode: 'claude-code',
  code: 'vscode',
  'vs-code': 'vscode',
  'visual-studio-code': 'vscode',
};

export function findClient(word: string): McpClient | undefined {
  const id = word.toLowerCase();
  return clients.find((client) => client.id === (otherNames[id] ?? id));
}

/** @throws ConfigurationError that names the closest one, for a word that is no client's. */
export function clientNamed(word: string): McpClient {
  const client = findClient(word);
  if (client) return client;
  const ids = clients.map(({ id }) => id);
  const close = closestMatch(word, ids);
  throw new ConfigurationError(
    `There is no client "${word}".${close ? ` Did you mean ${close}?` : ''} Clients: ${ids.join(', ')}. For any other, mcp.json in the package has entries to paste.`,
  );
}

export function thisMachine(env: Environment): Machine {
  const { platform } = process;
  const known = platform === 'win32' || platform === 'darwin' ? platform : 'linux';
  return { platform: known, home: homedir(), env, elsewhere: false };
}

/** Paths as that machine writes them, which need not be this one. */
export function pathsOf(platform: Machine['platform']): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}

/** Where applications keep their settings. */
function applicationFolder(machine: Machine): string {
  const { home, env, platform } = machine;
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming');
  return configFolder(machine);
}

/** Where Linux keeps them, and Zed also on macOS, where it does not ask the variable. */
function configFolder({ home, env, platform }: Machine): string {
  return (platform === 'linux' && env['XDG_CONFIG_HOME']) || path.posix.join(home, '.config');
}

/**
 * On Windows newer versions are MSIX packages: what they write below %APPDATA% is redirected into a folder of the
 * package, and the documented one is never read.
 */
function claudeDesktopFolder(machine: Machine): string {
  const { home, env, platform, elsewhere } = machine;
  const { join } = pathsOf(platform);
  if (platform === 'win32' && !elsewhere) {
    const packages = join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Packages');
    const redirected = foldersIn(packages)
      .filter((name) => name.startsWith('Claude_'))
      .map((name) => join(packages, name, 'LocalCache', 'Roaming', 'Claude'))
      .find((folder) => existsSync(folder));
    if (redirected !== undefined) return redirected;
  }
  return join(applicationFolder(machine), 'Claude');
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
