import { existsSync, readdirSync } from 'node:fs';
import { didYouMean } from '../did-you-mean.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { applicationFolder, configFolder, type Machine, pathsOf } from './machine.ts';

/** How a client passes the key without storing it in its file. */
type KeySource =
  /** It replaces the placeholder with a variable of its own environment. */
  | { readonly kind: 'variable'; readonly placeholder: string }
  /** It asks the user once and stores the answer. */
  | { readonly kind: 'input' }
  /** It replaces nothing, so the server reads the key from a file. */
  | { readonly kind: 'file' };

export interface McpClient {
  readonly id: string;
  readonly title: string;
  /** Name of the object with the servers. */
  readonly servers: 'mcpServers' | 'servers' | 'context_servers';
  /** Whether its file may contain comments and trailing commas. */
  readonly comments: boolean;
  readonly key: KeySource;
  /** The file for all projects of the user. */
  userFile(machine: Machine): string;
  /** The file for a single project, relative to its folder, if there is one. */
  readonly projectFile?: string;
  /** How to make the client reload its file. */
  readonly reload: string;
}

/**
 * The clients, according to their documentation (November 2026): modelcontextprotocol.io/quickstart/user,
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
    reload: 'Restart Claude Code. /mcp shows the server.',
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
    reload: 'Restart Cursor. Its settings list the server under MCP.',
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
    reload: 'Restart Windsurf, or press Refresh in the list of MCP servers in Cascade.',
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
    reload:
      'Open the Agent Panel in Zed: a green dot shows that the server is running. No restart is needed.',
  },
];

/** Other names for the clients. */
const aliases: Readonly<Record<string, string>> = {
  claude: 'claude-desktop',
  desktop: 'claude-desktop',
  claudecode: 'claude-code',
  code: 'vscode',
  'vs-code': 'vscode',
  'visual-studio-code': 'vscode',
};

export function findClient(name: string): McpClient | undefined {
  const id = name.toLowerCase();
  return clients.find((client) => client.id === (aliases[id] ?? id));
}

/** @throws ConfigurationError for an unknown client, with a suggestion. */
export function getClient(name: string): McpClient {
  const client = findClient(name);
  if (client) return client;
  const ids = clients.map(({ id }) => id);
  throw new ConfigurationError(
    `Unknown client.${didYouMean(name, ids)} Clients: ${ids.join(', ')}. For other clients, copy an entry from mcp.json in the package.`,
  );
}

/**
 * On Windows, newer versions are MSIX packages. Their access to %APPDATA% is redirected to a folder of the package, and
 * the documented folder is never read.
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
