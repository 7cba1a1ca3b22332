import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type Distribution, distribution } from '../distribution.ts';
import { hideValues } from '../hide-values.ts';
import { readClientFile } from '../init/client-file.ts';
import type { McpClient } from '../init/clients/client.ts';
import { projectFileOf, userFileOf } from '../init/clients/find-client.ts';
import { invocation } from '../init/entry.ts';
import type { Machine } from '../init/machine.ts';
import { entriesOf } from '../init/merge.ts';
import { ourEntries, type ServerEntry, switchedOff } from '../init/our-entries.ts';
import { UnusableFileError } from '../init/unusable-file.ts';
import { type Environment, parseSettings } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import type { Finding } from './findings.ts';
import { startServer } from './start-server.ts';

/** What the client passes to the server. */
export interface ClientLaunch {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Whether the client stores the key where other programs cannot read it. */
  readonly keyIsHidden: boolean;
}

/** A team server that the client connects to. */
export interface ClientRemote {
  readonly address: string;
  /** Absent if people sign in with the client, or it keeps the token. */
  readonly token?: string;
}

interface Checked {
  readonly findings: Finding[];
  /** The client's files are fine, but have no entry of this server. */
  readonly isMissing?: boolean;
  /** Absent if the client cannot start the server, or does not. */
  readonly launch?: ClientLaunch;
  readonly remote?: ClientRemote;
}

const check = 'client';

export interface ClientCheck {
  /** Whether to check an entry for the demo data, and no other. */
  readonly sandbox?: boolean;
  /** Whether to start entries of the project in this folder too. Its files may come from somebody else. */
  readonly trustsProject?: boolean;
  readonly from?: Distribution;
}

/** Finds the server's entry in the files of a client, and starts it as the client would. */
export async function checkClient(
  client: McpClient,
  machine: Machine,
  program: string,
  { sandbox = false, trustsProject = false, from = distribution }: ClientCheck = {},
): Promise<Checked> {
  const init = `${invocation(program)} init ${client.id}`;
  const findings: Finding[] = [];
  const files = await filesOf(client, machine);
  const found: Found[] = [];
  for (const file of files) found.push(...(await findEntries(file, client, program, findings)));
  found.sort((a, b) => Number(usesSandbox(a)) - Number(usesSandbox(b)));
  const userFile = userFileOf(client, machine);
  const asked = sandbox ? found.filter(usesSandbox) : found;
  const first = asked.find(({ file }) => trustsProject || file === userFile);
  const others = found.filter((entry) => entry !== first);
  if (first === undefined) {
    const [ofProject] = asked;
    if (ofProject) {
      const detail = `${client.title} has the entry ${ofProject.name} in ${ofProject.file}. It was not started: files of a project may come from somebody else`;
      const fix = `If you trust this folder, run: ${invocation(program)} doctor ${client.id}`;
      findings.push({ check, status: 'skipped', detail, fix });
      return { findings };
    }
    const [other] = found;
    if (other) {
      const detail = `${client.title} has no entry with --sandbox. Its entry ${other.name} in ${other.file} was not checked`;
      const fix = `To check that one, run this without --sandbox. To add one for the sandbox, run: ${init} --sandbox --write`;
      findings.push({ check, status: trustsProject ? 'failed' : 'skipped', detail, fix });
      return { findings };
    }
    if (findings.length === 0) {
      const detail = `${client.title} has no entry that starts this server (${files.join(', ')})`;
      const fix = `Run: ${init}${sandbox ? ' --sandbox' : ''} --write`;
      findings.push({ check, status: 'failed', detail, fix });
      return { findings, isMissing: true };
    }
    return { findings };
  }
  findings.push({
    check,
    status: 'ok',
    detail: `${client.title} has the entry ${first.name} in ${first.file}`,
  });
  for (const { name, file } of others) {
    const fix = `Keep one entry. To take this one out, run: ${init} --remove --name ${name}`;
    const detail = `it also has the entry ${name} in ${file}; an assistant may confuse the two`;
    findings.push({ check, status: 'warning', detail, fix });
  }
  return checkEntry(first, client, machine, init, findings, from);
}

function usesSandbox({ args, env }: ServerEntry): boolean {
  const { values } = parseSettings('serve', {}, { OPENCX_SANDBOX: env['OPENCX_SANDBOX'] });
  return args.some((arg) => /^--sandbox(?:=|$)/.test(arg)) || Boolean(values.sandbox);
}

/** The project's file and the user's; one, when they are the same. */
async function filesOf(client: McpClient, machine: Machine): Promise<string[]> {
  const projectFile = projectFileOf(client, machine);
  const files = [...(projectFile === undefined ? [] : [projectFile]), userFileOf(client, machine)];
  const byTarget = new Map<string, string>();
  for (const file of files) byTarget.set(await realpath(file).catch(() => file), file);
  return [...byTarget.values()];
}

interface Found extends ServerEntry {
  readonly file: string;
}

async function findEntries(
  file: string,
  client: McpClient,
  program: string,
  findings: Finding[],
): Promise<Found[]> {
  try {
    const { text } = await readClientFile(file);
    return ourEntries(await entriesOf(text, client), program).map((entry) => ({ ...entry, file }));
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    const fix = `Fix the file. Until then, ${client.title} starts none of its servers.`;
    findings.push({ check, status: 'failed', detail: `${file} ${error.message}`, fix });
    return [];
  }
}

/** The address and the token of an entry, as the client would use them. */
function remoteOf(address: string, { headers }: Found, client: McpClient, machine: Machine): ClientRemote {
  const [, header = ''] = Object.entries(headers).find(([name]) => /^authorization$/i.test(name)) ?? [];
  const token = header.replace(/^Bearer +/i, '');
  const [, variable] = client.replacesVariables ? (/^\$\{(?:env:)?(\w+)\}$/.exec(token) ?? []) : [];
  const value = variable === undefined ? token : machine.env[variable];
  return { address, ...(value && !value.includes('${') && { token: value }) };
}

async function checkEntry(
  entry: Found,
  client: McpClient,
  machine: Machine,
  init: string,
  findings: Finding[],
  from: Distribution,
): Promise<Checked> {
  const { command, args, env, file, url, problem } = entry;
  const replace = `Run: ${init} --write --replace.`;
  const fail = (detail: string, fix: string): Checked => {
    findings.push({ check, status: 'failed', detail, fix });
    return { findings };
  };
  if (problem !== undefined) {
    return fail(
      `its entry ${problem}`,
      problem === switchedOff ? `Switch it on in ${client.title}.` : replace,
    );
  }
  if (url !== undefined && command === '') {
    return { findings, remote: remoteOf(url, entry, client, machine) };
  }
  const variables = Object.entries(env).map(([key, text]) => [
    key,
    fillIn(key, text, client, machine.env, findings),
  ]);
  const script = args.find((arg) => /\.[cm]?js$/.test(arg));
  if (script !== undefined && !isAbsolute(script)) {
    const detail = `its entry starts ${script}, and ${client.title} decides in which folder that is looked for`;
    return fail(detail, `${replace} Or enter the full path.`);
  }
  const start = args.findIndex(
    (arg) => arg === script || registryName.test(arg) || /opencx-sessions-mcp/.test(arg),
  );
  // What comes before belongs to the program that starts it, such as npx.
  const isFlags = start >= 0 || command.includes('opencx-sessions');
  let flags: Readonly<Record<string, unknown>>;
  try {
    flags = isFlags ? parseServerFlags(args.slice(start + 1), true) : {};
  } catch (error) {
    const reason = hideValues((error as Error).message);
    return fail(`its entry has invalid flags: ${reason}`, 'For valid flags, run this program with --help.');
  }
  // Clients do not pass on the OPENCX_ variables of this shell.
  const others = Object.entries(machine.env).filter(([key]) => !key.startsWith('OPENCX_'));
  const passed = Object.fromEntries([...others, ...variables.filter(([, text]) => text !== undefined)]);
  const launch: ClientLaunch = {
    flags,
    env: passed,
    keyIsHidden: variables.some(([key, text]) => key === 'OPENCX_API_KEY' && text === undefined),
  };

  const registry = args.find((arg) => registryName.test(arg));
  if (registry !== undefined && !from.published) {
    return fail(
      `its entry starts ${registry} from the npm registry, where this project has not published it: it fails with 404, or runs what somebody else published. It was not started`,
      replace,
    );
  }
  if (registry !== undefined && !/@\d+\.\d+\.\d+$/.test(registry)) {
    const detail = `its entry starts ${registry}, in whatever version is the newest`;
    findings.push({
      check,
      status: 'warning',
      detail,
      fix: `To keep to one version, run: ${init} --write --replace`,
    });
  }
  const missing = [
    ...((await findCommand(command, passed)) === undefined ? [command] : []),
    ...(script !== undefined && !(await fileExists(script)) ? [script] : []),
  ];
  const [gone] = missing;
  if (gone !== undefined) {
    return fail(`its entry starts ${gone}, which does not exist`, `${replace} Or enter the full path.`);
  }
  // Clients start the servers of a user's file in different folders.
  const cwd = file === userFileOf(client, machine) ? machine.home : process.cwd();
  const result = await startServer(command, args, { cwd, env: passed });
  if ('problem' in result) return fail(`its entry does not work: ${result.problem}`, replace);
  findings.push({ check: 'start', status: 'ok', detail: result.detail });
  return { findings, launch };
}

/** The name of the package, as npx and the like take it, with a version or without. */
const registryName = /^(?:--package=|-p=)?opencx-sessions-mcp(?:@.*)?$/;

/**
 * The value of a variable as the client would set it. A placeholder is kept if this shell has no value for it.
 * @returns undefined if the client asks the user for the value and stores it itself, and for a key that is not set here.
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
  if (!isInput && (name === undefined || !client.replacesVariables)) return text;
  const value = env[name ?? key] ?? fallback;
  if (value !== undefined) return value;
  if (isInput) {
    const detail = `${client.title} asks for ${key} and stores it; to check it too, set it in this shell`;
    findings.push({ check, status: 'skipped', detail });
    return undefined;
  }
  const isKey = key === 'OPENCX_API_KEY';
  const detail = `${name} is not set in this shell; ${client.title} may have it in its own environment`;
  const fix = `Set it where ${client.title} is started, or use init ${client.id} --key-file FILE --write --replace.`;
  findings.push({ check: isKey ? 'key' : check, status: isKey ? 'failed' : 'warning', detail, fix });
  return isKey ? undefined : text;
}

/** The file of a command, which is one already or is found in PATH. */
async function findCommand(command: string, env: Environment): Promise<string | undefined> {
  if (/[\\/]/.test(command)) return (await fileExists(resolve(command))) ? command : undefined;
  const extensions =
    process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : [''];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    for (const extension of extensions) {
      const file = join(folder, command + extension);
      if (await fileExists(file)) return file;
    }
  }
  return undefined;
}

async function fileExists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
