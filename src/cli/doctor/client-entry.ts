import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { readClientFile } from '../init/client-file.ts';
import type { Machine, McpClient } from '../init/clients.ts';
import { callOf } from '../init/entry.ts';
import { readObject, UnusableFile } from '../init/merge.ts';
import type { Environment } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import type { Finding } from './findings.ts';

/** What the client would start the server with. */
export interface Start {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** The client keeps the key where nobody else sees it. */
  readonly keyIsHidden: boolean;
}

interface Entry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const check = 'client';

/**
 * Looks the server's entry up in the files of a client, and whether the client can start it.
 * @param sandbox of several entries, one for the demo data is meant.
 */
export async function checkClient(
  client: McpClient,
  machine: Machine,
  program: string,
  sandbox: boolean,
): Promise<{ findings: Finding[]; start?: Start }> {
  const files = [...(client.projectFile ? [resolve(client.projectFile)] : []), client.userFile(machine)];
  const looked: Finding[] = [];
  for (const file of files) {
    const entries = await entriesIn(file, client, program, sandbox, looked);
    const [entry, ...others] = entries;
    if (entry === undefined) continue;
    const more =
      others.length > 0 ? ` (beside ${others.map(({ name }) => name).join(', ')}, not examined)` : '';
    looked.push({
      check,
      status: 'ok',
      seen: `${client.title} has the entry ${entry.name} in ${file}${more}`,
    });
    return examined(entry, client, machine, callOf(program), looked);
  }
  if (looked.length === 0) {
    const seen = `${client.title} has no entry that starts this server (${files.join(', ')})`;
    const advice = `${callOf(program)} init ${client.id}${sandbox ? ' --sandbox' : ''} --write`;
    looked.push({ check, status: 'failed', seen, advice });
  }
  return { findings: looked };
}

/** The entries that start this server; the live one first where the demo data is not meant: it needs more examining. */
async function entriesIn(
  file: string,
  client: McpClient,
  program: string,
  sandbox: boolean,
  looked: Finding[],
): Promise<Entry[]> {
  try {
    const { text, mode } = await readClientFile(file);
    if (mode === undefined || text.trim() === '') return [];
    const servers = Object(readObject(text.replace(/^\uFEFF/, ''), client)[client.servers]) as Record<
      string,
      unknown
    >;
    return Object.entries(servers)
      .map(([name, value]) => entryOf(name, value))
      .filter(({ name, command, args }) =>
        [name, command, ...args].some((word) => word === program || word.includes('opencx-sessions')),
      )
      .sort((a, b) => misses(a, sandbox) - misses(b, sandbox));
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    const advice = `Mend it: as it is, ${client.title} reads none of its servers.`;
    looked.push({ check, status: 'failed', seen: `${file} ${error.message}`, advice });
    return [];
  }
}

const misses = ({ args }: Entry, sandbox: boolean) => Number(args.includes('--sandbox') !== sandbox);

function entryOf(name: string, value: unknown): Entry {
  const { command, args, env } = Object(value) as { command?: unknown; args?: unknown; env?: unknown };
  return {
    name,
    command: String(command ?? ''),
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.fromEntries(Object.entries(Object(env)).map(([key, text]) => [key, String(text)])),
  };
}

async function examined(
  { command, args, env }: Entry,
  client: McpClient,
  machine: Machine,
  again: string,
  findings: Finding[],
): Promise<{ findings: Finding[]; start?: Start }> {
  const missing = [];
  if (!(await canRun(command, machine.env))) missing.push(command);
  const script = args.find((word) => isAbsolute(word) && /\.[cm]?js$/.test(word));
  if (script !== undefined && !(await isThere(script))) missing.push(script);
  for (const file of missing) {
    const advice = `${again} init ${client.id} --write --replace enters what there is; or write the whole path.`;
    findings.push({ check, status: 'failed', seen: `its entry starts ${file}, which is not there`, advice });
  }
  const filled = Object.entries(env).map(([key, text]) => [
    key,
    fillIn(key, text, client, machine.env, findings),
  ]);
  try {
    const at = args.findIndex((word) => word === script || /^opencx-sessions-mcp(?:@.*)?$/.test(word));
    const flags = parseServerFlags(args.slice(at + 1), true);
    // What this shell has set is not what the client passes on.
    const others = Object.entries(machine.env).filter(([key]) => !key.startsWith('OPENCX_'));
    const start = {
      flags,
      env: Object.fromEntries([...others, ...filled.filter(([, text]) => text !== undefined)]),
      keyIsHidden: filled.some(([key, text]) => key === 'OPENCX_API_KEY' && text === undefined),
    };
    return { findings, start };
  } catch (error) {
    const seen = `its entry has flags that the server does not take: ${(error as Error).message}`;
    findings.push({
      check,
      status: 'failed',
      seen,
      advice: 'opencx-sessions-mcp --help shows what there is.',
    });
    return { findings };
  }
}

/**
 * The value of a variable as the client would write it. A placeholder stays where this shell has nothing for it;
 * undefined where the client asks for it, and keeps the answer to itself.
 */
function fillIn(
  key: string,
  text: string,
  client: McpClient,
  env: Environment,
  findings: Finding[],
): string | undefined {
  const [, asked] = /^\$\{input:(.+)\}$/.exec(text) ?? [];
  const [, name, standard] = /^\$\{(?:env:)?(\w+)(?::-(.*))?\}$/.exec(text) ?? [];
  if (asked === undefined && (name === undefined || client.key.kind !== 'variable')) return text;
  const value = env[name ?? key] ?? standard;
  if (value !== undefined) return value;
  if (asked !== undefined) {
    const seen = `${client.title} asks for ${key} and keeps it: set it here too, to have it examined`;
    findings.push({ check, status: 'skipped', seen });
    return undefined;
  }
  const seen = `${name} is not set in this shell; whether ${client.title} has it, only its own environment knows`;
  const advice = `Set it where ${client.title} is started, or use init ${client.id} --key-file FILE --write --replace.`;
  findings.push({ check, status: 'warning', seen, advice });
  return text;
}

/** Whether a command is a file, or one of the PATH. */
async function canRun(command: string, env: Environment): Promise<boolean> {
  if (isAbsolute(command)) return isThere(command);
  const endings = process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : [''];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    for (const ending of endings) if (await isThere(join(folder, command + ending))) return true;
  }
  return false;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
