import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { readClientFile, UnusableFileError } from '../init/client-file.ts';
import type { McpClient } from '../init/clients.ts';
import { invocation } from '../init/entry.ts';
import type { Machine } from '../init/machine.ts';
import { parseObject } from '../init/merge.ts';
import type { Environment } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import type { Finding } from './findings.ts';

/** What the client passes to the server. */
export interface ClientLaunch {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Whether the client stores the key where other programs cannot read it. */
  readonly keyIsHidden: boolean;
}

interface Entry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Checked {
  readonly findings: Finding[];
  /** Absent if the client cannot start the server. */
  readonly launch?: ClientLaunch;
}

const check = 'client';

/**
 * Finds the server's entry in the files of a client, and checks that the client can start it.
 * @param sandbox whether to prefer an entry for the demo data.
 */
export async function checkClient(
  client: McpClient,
  machine: Machine,
  program: string,
  sandbox: boolean,
): Promise<Checked> {
  const files = [...(client.projectFile ? [resolve(client.projectFile)] : []), client.userFile(machine)];
  const init = `${invocation(program)} init ${client.id}`;
  const findings: Finding[] = [];
  for (const file of files) {
    const [entry, ...others] = await findEntries(file, client, program, sandbox, findings);
    if (entry === undefined) continue;
    const names = others.map(({ name }) => name).join(', ');
    const detail = `${client.title} has the entry ${entry.name} in ${file}${names && ` (not checked: ${names})`}`;
    findings.push({ check, status: 'ok', detail });
    return checkEntry(entry, client, machine, init, findings);
  }
  if (findings.length === 0) {
    const detail = `${client.title} has no entry that starts this server (${files.join(', ')})`;
    const fix = `Run: ${init}${sandbox ? ' --sandbox' : ''} --write`;
    findings.push({ check, status: 'failed', detail, fix });
  }
  return { findings };
}

/** The entries that start this server, the preferred kind first. */
async function findEntries(
  file: string,
  client: McpClient,
  program: string,
  sandbox: boolean,
  findings: Finding[],
): Promise<Entry[]> {
  try {
    const { text, mode } = await readClientFile(file);
    if (mode === undefined || text.trim() === '') return [];
    const servers: Record<string, unknown> = Object(
      parseObject(text.replace(/^\uFEFF/, ''), client)[client.servers],
    );
    const rank = ({ args }: Entry) => Number(args.includes('--sandbox') !== sandbox);
    return Object.entries(servers)
      .map(([name, value]) => parseEntry(name, value))
      .filter(({ name, command, args }) =>
        [name, command, ...args].some((text) => text === program || text.includes('opencx-sessions')),
      )
      .sort((a, b) => rank(a) - rank(b));
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    const fix = `Fix the file. Until then, ${client.title} starts none of its servers.`;
    findings.push({ check, status: 'failed', detail: `${file} ${error.message}`, fix });
    return [];
  }
}

function parseEntry(name: string, value: unknown): Entry {
  const { command, args, env } = Object(value) as { command?: unknown; args?: unknown; env?: unknown };
  return {
    name,
    command: String(command ?? ''),
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.fromEntries(Object.entries(Object(env)).map(([key, text]) => [key, String(text)])),
  };
}

async function checkEntry(
  { command, args, env }: Entry,
  client: McpClient,
  machine: Machine,
  init: string,
  findings: Finding[],
): Promise<Checked> {
  const missing = [];
  if (!(await commandExists(command, machine.env))) missing.push(command);
  const script = args.find((arg) => isAbsolute(arg) && /\.[cm]?js$/.test(arg));
  if (script !== undefined && !(await fileExists(script))) missing.push(script);
  for (const file of missing) {
    const fix = `Run: ${init} --write --replace. Or enter the full path.`;
    findings.push({ check, status: 'failed', detail: `its entry starts ${file}, which does not exist`, fix });
  }
  const variables = Object.entries(env).map(([key, text]) => [
    key,
    fillIn(key, text, client, machine.env, findings),
  ]);
  try {
    const start = args.findIndex((arg) => arg === script || /^opencx-sessions-mcp(?:@.*)?$/.test(arg));
    const flags = parseServerFlags(args.slice(start + 1), true);
    // Clients do not pass on the OPENCX_ variables of this shell.
    const others = Object.entries(machine.env).filter(([key]) => !key.startsWith('OPENCX_'));
    const launch = {
      flags,
      env: Object.fromEntries([...others, ...variables.filter(([, text]) => text !== undefined)]),
      keyIsHidden: variables.some(([key, text]) => key === 'OPENCX_API_KEY' && text === undefined),
    };
    return { findings, launch };
  } catch (error) {
    const detail = `its entry has invalid flags: ${(error as Error).message}`;
    findings.push({
      check,
      status: 'failed',
      detail,
      fix: 'For valid flags, see opencx-sessions-mcp --help.',
    });
    return { findings };
  }
}

/**
 * The value of a variable as the client would set it. A placeholder is kept if this shell has no value for it.
 * @returns undefined if the client asks the user for the value and stores it itself.
 */
function fillIn(
  key: string,
  text: string,
  client: McpClient,
  env: Environment,
  findings: Finding[],
): string | undefined {
  const isInput = /^\$\{input:.+\}$/.test(text);
  const [, name, fallback] = /^\$\{(?:env:)?(\w+)(?::-(.*))?\}$/.exec(text) ?? [];
  if (!isInput && (name === undefined || client.key.kind !== 'variable')) return text;
  const value = env[name ?? key] ?? fallback;
  if (value !== undefined) return value;
  if (isInput) {
    const detail = `${client.title} asks for ${key} and stores it; to check it too, set it in this shell`;
    findings.push({ check, status: 'skipped', detail });
    return undefined;
  }
  const detail = `${name} is not set in this shell; ${client.title} may have it in its own environment`;
  const fix = `Set it where ${client.title} is started, or use init ${client.id} --key-file FILE --write --replace.`;
  findings.push({ check, status: 'warning', detail, fix });
  return text;
}

/** Whether a command is a file, or is found in PATH. */
async function commandExists(command: string, env: Environment): Promise<boolean> {
  if (isAbsolute(command)) return fileExists(command);
  const extensions =
    process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : [''];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    for (const extension of extensions) if (await fileExists(join(folder, command + extension))) return true;
  }
  return false;
}

async function fileExists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
