import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean } from '../../did-you-mean.ts';
import { ConfigurationError } from '../../settings/configuration-error.ts';
import { type Machine, pathsOf } from '../machine.ts';
import type { McpClient } from './client.ts';
import { clients } from './clients.ts';

/** Other names for the clients. */
const aliases: Readonly<Record<string, string>> = {
  claude: 'claude-desktop',
  desktop: 'claude-desktop',
  claudecode: 'claude-code',
  code: 'vscode',
  'vs-code': 'vscode',
  'visual-studio-code': 'vscode',
  copilot: 'github-copilot-cli',
  'copilot-cli': 'github-copilot-cli',
  gemini: 'gemini-cli',
  grok: 'grok-build',
  kilo: 'kilo-code',
  kimi: 'kimi-code',
  kiro: 'kiro-cli',
  mastra: 'mastracode',
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

/** The user's file of a client. On another machine, the one that would be created. */
export function userFileOf(client: McpClient, machine: Machine): string {
  return firstExisting(pathsFor(client, machine), machine);
}

/** The file of the project in this folder; undefined if the client has none. */
export function projectFileOf({ projectFiles }: McpClient, machine: Machine): string | undefined {
  if (projectFiles === undefined) return undefined;
  const files = machine.elsewhere ? projectFiles : projectFiles.map((file) => resolve(file));
  return firstExisting(files, machine);
}

const pathsFor = ({ userFiles }: McpClient, machine: Machine) => userFiles.map((place) => place(machine));

function firstExisting(files: readonly string[], { elsewhere }: Machine): string {
  const existing = elsewhere ? undefined : files.find((file) => existsSync(file));
  return existing ?? files[0] ?? '';
}

/** Whether the client seems to be installed on this machine. */
export function isInstalled(client: McpClient, machine: Machine): boolean {
  const files = pathsFor(client, machine);
  const trace = client.trace?.(machine) ?? pathsOf(machine.platform).dirname(files[0] ?? '');
  return [trace, ...files].some((path) => existsSync(path));
}
