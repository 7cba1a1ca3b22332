import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError, type Environment, readConfig } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import { readKey } from '../setup/api-target.ts';
import { readClientFile, replaceClientFile } from './client-file.ts';
import { clientNamed, clients, type Machine, type McpClient, thisMachine } from './clients.ts';
import {
  aboutKey,
  asFile,
  callOf,
  type Entry,
  type KeyChoice,
  makeEntry,
  startOf,
  usualKey,
} from './entry.ts';
import { merge, UnusableFile } from './merge.ts';

export interface InitOptions {
  readonly write?: boolean;
  readonly sandbox?: boolean;
  readonly project?: boolean;
  readonly npx?: boolean;
  readonly keyFile?: string;
  readonly withKey?: boolean;
  readonly name?: string;
  readonly replace?: boolean;
  readonly os?: string;
}

/** What is to be done, all questions answered. */
interface Plan {
  readonly client: McpClient;
  readonly machine: Machine;
  readonly file: string;
  readonly name: string;
  readonly entry: Entry;
  readonly key: KeyChoice;
  /** What calls this program again. */
  readonly again: string;
}

const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

/**
 * Shows a client's entry and the file it belongs in, or writes it there.
 * @param flags what stood behind `--`: flags of the server.
 * @param program this program's file, as it was started.
 * @throws ConfigurationError; no file was changed then.
 */
export async function runInit(
  word: string | undefined,
  flags: readonly string[],
  options: InitOptions,
  program: string,
  env: Environment,
): Promise<void> {
  const machine = machineOf(options, env);
  const file = realpathSync(program);
  if (word === undefined) {
    if (options.write)
      throw new ConfigurationError(
        `--write: name a client, one of ${clients.map(({ id }) => id).join(', ')}.`,
      );
    return listClients(machine, callOf(file));
  }
  const client = clientNamed(word);
  const key = await keyChoice(client, options, env);
  const plan: Plan = {
    client,
    machine,
    file: fileOf(client, machine, options),
    name: options.name ?? (options.sandbox ? 'opencx-sessions-sandbox' : 'opencx-sessions'),
    entry: makeEntry(
      client,
      machine.platform,
      startOf(file, options.npx === true || machine.elsewhere),
      serverFlags(flags, options),
      key,
    ),
    key,
    again: callOf(file),
  };
  if (options.write) await write(plan, options.replace === true);
  else show(plan);
}

function show({ client, file, name, entry, key, machine }: Plan): void {
  print(`${client.title}: this belongs in ${file}`, '');
  print(JSON.stringify(asFile(client, name, entry, key), undefined, 2), '');
  print(
    ...steps([
      ['Put it into that file beside what is there, or call this again with --write, which does it for you.'],
      aboutKey(client, key, machine.platform, isThere(key, machine)),
      [client.reload],
    ]),
  );
}

async function write(
  { client, file, name, entry, key, machine, again }: Plan,
  replace: boolean,
): Promise<void> {
  try {
    const old = await readClientFile(file);
    const merged = merge(old.text, client, name, entry, key, replace);
    if (merged.outcome === 'taken') {
      throw new UnusableFile(
        `has another entry "${name}": give --replace to put this one in its place, or --name for one beside it`,
      );
    }
    if (merged.outcome === 'same')
      print(`${client.title}: "${name}" stands in ${file} already, just so.`, '');
    else {
      const backup = await replaceClientFile(old, merged.text);
      print(`${client.title}: "${name}" was written into ${file}`);
      print(
        backup
          ? `What was there stays; the file as it was: ${backup}`
          : `The file is new. If ${client.title} was used here before, look whether it keeps its servers elsewhere.`,
        '',
      );
    }
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new ConfigurationError(`${file} ${error.message}. Nothing was changed.`);
  }
  print(
    ...steps([
      aboutKey(client, key, machine.platform, isThere(key, machine)),
      [client.reload],
      [
        'Then ask: "What is open and waiting for a human?"',
        `Where no answer comes: ${again} doctor ${client.id}${key.kind === 'none' ? ' --sandbox' : ''}`,
      ],
    ]),
  );
}

/** Numbered, each with its further lines below it. */
function steps(all: string[][]): string[] {
  const done = all.filter((lines) => lines.length > 0);
  return [
    'Next:',
    ...done.flatMap((lines, n) => lines.map((line, at) => (at ? `     ${line}` : `  ${n + 1}. ${line}`))),
  ];
}

function listClients(machine: Machine, again: string): void {
  const width = Math.max(...clients.map(({ id }) => id.length));
  print(`Name a client, as in: ${again} init cursor --sandbox --write`, '');
  for (const client of clients) {
    const file = client.userFile(machine);
    print(`  ${client.id.padEnd(width)}  ${file}${existsSync(file) ? '' : ' (not there yet)'}`);
  }
}

const systems: Readonly<Record<string, Machine['platform']>> = {
  linux: 'linux',
  macos: 'darwin',
  windows: 'win32',
};

function machineOf({ os, write: writes }: InitOptions, env: Environment): Machine {
  const thisOne = thisMachine(env);
  if (os === undefined) return thisOne;
  const platform = systems[os];
  if (platform === undefined) {
    throw new ConfigurationError(`--os: must be one of ${Object.keys(systems).join(', ')}.`);
  }
  if (platform === thisOne.platform) return thisOne;
  if (writes)
    throw new ConfigurationError('--os shows what another machine needs; --write is about this one.');
  // What is set here says nothing about the other machine.
  return platform === 'win32'
    ? { platform, home: '%USERPROFILE%', env: { APPDATA: '%APPDATA%' }, elsewhere: true }
    : { platform, home: '~', env: {}, elsewhere: true };
}

function fileOf(client: McpClient, machine: Machine, { project }: InitOptions): string {
  if (!project) return client.userFile(machine);
  if (client.projectFile === undefined) {
    throw new ConfigurationError(`--project: ${client.title} has no file of a project.`);
  }
  return machine.elsewhere ? client.projectFile : resolve(client.projectFile);
}

async function keyChoice(
  client: McpClient,
  { sandbox, keyFile, withKey }: InitOptions,
  env: Environment,
): Promise<KeyChoice> {
  if ([sandbox, keyFile, withKey].filter(Boolean).length > 1) {
    throw new ConfigurationError('--sandbox, --key-file and --with-key exclude each other.');
  }
  if (sandbox) return { kind: 'none' };
  if (keyFile !== undefined) return { kind: 'file', file: fromAnywhere(keyFile) };
  if (!withKey) return usualKey(client);
  const key = await readKey(readConfig('serve', {}, env));
  if (!key) throw new ConfigurationError('--with-key: set OPENCX_API_KEY to the key that is to be written.');
  return { kind: 'clear', key };
}

/** Whether the file of the key exists: to make it once more would empty it. */
const isThere = (key: KeyChoice, { elsewhere, home }: Machine) =>
  key.kind === 'file' && !elsewhere && existsSync(key.file.replace(/^~(?=[\\/])/, home));

/** The client starts the server in some other folder. */
const fromAnywhere = (file: string) => (file.startsWith('~') ? file : resolve(file));

/**
 * Holds the server's flags against what it takes.
 * @throws ConfigurationError, or CommanderError, which has printed what is wrong.
 */
function serverFlags(flags: readonly string[], { sandbox }: InitOptions): string[] {
  const all = [...(sandbox ? ['--sandbox'] : []), ...flags];
  readConfig('serve', parseServerFlags(all), {});
  return all;
}
