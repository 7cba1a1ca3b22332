import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, readSettings } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import { requireApiKey } from '../setup/api-key.ts';
import { readClientFile, replaceClientFile, UnusableFileError } from './client-file.ts';
import { clients, getClient, type McpClient } from './clients.ts';
import {
  type Entry,
  fileWithEntry,
  invocation,
  type KeyChoice,
  launchElsewhere,
  launchMethod,
  makeEntry,
  usualKey,
} from './entry.ts';
import { keyInstructions } from './key-instructions.ts';
import { type Machine, selectMachine } from './machine.ts';
import { entriesOf, mergeEntry, removeEntry, withoutKeys } from './merge.ts';
import { ourEntries } from './our-entries.ts';

export interface InitOptions {
  readonly write?: boolean;
  readonly sandbox?: boolean;
  readonly project?: boolean;
  readonly npx?: boolean;
  readonly keyFile?: string;
  readonly withKey?: boolean;
  readonly name?: string;
  readonly replace?: boolean;
  readonly remove?: boolean;
  readonly os?: string;
}

/** The resolved options. */
interface Plan {
  readonly client: McpClient;
  readonly machine: Machine;
  readonly file: string;
  readonly name: string;
  readonly entry: Entry;
  readonly key: KeyChoice;
}

const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

/**
 * Shows the entry for a client and its file, or adds the entry to the file. Without a client, lists the files.
 * @param flags for the server, given after `--`.
 * @param program this program's file, as it was started.
 * @throws ConfigurationError; no file was changed then.
 */
export async function runInit(
  clientName: string | undefined,
  flags: readonly string[],
  options: InitOptions,
  program: string,
  env: Environment,
): Promise<void> {
  const machine = selectMachine(options, env);
  const programFile = realpathSync(program);
  const command = invocation(programFile);
  if (clientName === undefined) {
    if (options.write) {
      const ids = clients.map(({ id }) => id).join(', ');
      throw new ConfigurationError(`--write: name a client: ${ids}.`);
    }
    return listClients(machine, command);
  }
  const client = getClient(clientName);
  const name = options.name ?? (options.sandbox ? 'opencx-sessions-sandbox' : 'opencx-sessions');
  if (options.remove) {
    return remove(client, configurationFile(client, machine, options), name, programFile);
  }
  const key = await chooseKey(client, options, env);
  const launch = machine.elsewhere
    ? launchElsewhere(machine.platform)
    : launchMethod(programFile, options.npx === true);
  const plan: Plan = {
    client,
    machine,
    file: configurationFile(client, machine, options),
    name,
    entry: makeEntry(client, machine.platform, launch, serverFlags(flags, options), key),
    key,
  };
  if (options.write) await write(plan, options.replace === true, command, programFile);
  else show(plan);
}

function show(plan: Plan): void {
  const { client, file, name, entry, key } = plan;
  print(`${client.title}: add this to ${file}`, '');
  print(JSON.stringify(fileWithEntry(client, name, entry, key), undefined, 2), '');
  printNextSteps([
    ['Add the entry to the file, or run this command again with --write.'],
    remainingKeySteps(plan),
    [client.reload],
  ]);
}

async function write(plan: Plan, replace: boolean, command: string, program: string): Promise<void> {
  const { client, file, name, entry, key } = plan;
  await orNothingChanged(file, async () => {
    const old = await readClientFile(file);
    const merged = mergeEntry(old.text, client, name, entry, key, replace);
    if (merged.outcome === 'conflict') {
      throw new UnusableFileError(
        `already has a different entry "${name}": use --replace to replace it, or --name to add another one`,
      );
    }
    const hasKey = key.kind === 'clear';
    // An unchanged file is written again only to close it to others.
    const text = merged.outcome === 'merged' ? merged.text : old.text;
    const isOpen = hasKey && old.mode !== undefined && (old.mode & 0o077) !== 0;
    if (merged.outcome === 'unchanged') {
      print(`${client.title}: "${name}" is already in ${file}; nothing to change.`);
      if (isOpen) await replaceClientFile(old, { text, backup: withoutKeys(old.text, client), hasKey });
    } else {
      const backup = await replaceClientFile(old, { text, backup: withoutKeys(old.text, client), hasKey });
      print(`${client.title}: wrote "${name}" to ${file}`);
      print(
        backup
          ? `Other entries kept. Backup: ${backup}`
          : `This is a new file. If you already use ${client.title}, check that it does not keep its servers elsewhere.`,
      );
    }
    if (isOpen && process.platform !== 'win32') {
      print('Other users could read the file. It has a key in it, so now only you can (mode 600).');
    }
    const others = ourEntries(entriesOf(text, client), program).filter((other) => other.name !== name);
    if (others.length > 0) {
      const names = others.map((other) => `"${other.name}"`).join(', ');
      print(
        `Warning: the file also has ${names}. With two entries of this server, an assistant may confuse them.`,
        `To take one out, run: ${command} init ${client.id} --remove --name ${others[0]?.name}`,
      );
    }
    print();
  });
  printNextSteps([
    remainingKeySteps(plan),
    [client.reload],
    [
      'Ask: "What is open and waiting for a human?"',
      `If it doesn't work, run: ${command} doctor ${client.id}${key.kind === 'none' ? ' --sandbox' : ''}`,
    ],
  ]);
}

async function remove(client: McpClient, file: string, name: string, program: string): Promise<void> {
  await orNothingChanged(file, async () => {
    const old = await readClientFile(file);
    const ours = ourEntries(entriesOf(old.text, client), program).map((entry) => entry.name);
    if (!ours.includes(name)) {
      const others = ours.length > 0 ? ` (it has ${ours.join(', ')}: choose one with --name)` : '';
      throw new UnusableFileError(`has no entry "${name}" that starts this server${others}`);
    }
    const text = removeEntry(old.text, client, name);
    const backup = withoutKeys(old.text, client);
    const written = await replaceClientFile(old, { text, backup, hasKey: false });
    print(`${client.title}: removed "${name}" from ${file}`, `Other entries kept. Backup: ${written}`, '');
  });
  printNextSteps([[client.reload]]);
}

/** @throws ConfigurationError that names the file, when it cannot be used. */
async function orNothingChanged(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    throw new ConfigurationError(`${file} ${error.message}. Nothing was changed.`);
  }
}

/** Prints numbered steps. Each is a list of lines; empty ones are left out. */
function printNextSteps(steps: string[][]): void {
  const numbered = steps
    .filter((lines) => lines.length > 0)
    .flatMap((lines, n) => lines.map((line, at) => (at ? `     ${line}` : `  ${n + 1}. ${line}`)));
  print('Next steps:', ...numbered);
}

function listClients(machine: Machine, command: string): void {
  const width = Math.max(...clients.map(({ id }) => id.length));
  print(`To add the server to a client, run for example: ${command} init cursor --sandbox --write`, '');
  for (const client of clients) {
    const file = client.userFile(machine);
    print(`  ${client.id.padEnd(width)}  ${file}${existsSync(file) ? '' : ' (does not exist yet)'}`);
  }
}

function configurationFile(client: McpClient, machine: Machine, { project }: InitOptions): string {
  if (!project) return client.userFile(machine);
  if (client.projectFile === undefined) {
    throw new ConfigurationError(`--project: ${client.title} has no project file.`);
  }
  return machine.elsewhere ? client.projectFile : resolve(client.projectFile);
}

async function chooseKey(
  client: McpClient,
  { sandbox, keyFile, withKey }: InitOptions,
  env: Environment,
): Promise<KeyChoice> {
  if ([sandbox, keyFile, withKey].filter(Boolean).length > 1) {
    throw new ConfigurationError('--sandbox, --key-file and --with-key cannot be used together.');
  }
  if (sandbox) return { kind: 'none' };
  if (keyFile !== undefined) {
    // Absolute, because the client starts the server in another folder.
    return { kind: 'file', file: keyFile.startsWith('~') ? keyFile : resolve(keyFile) };
  }
  if (!withKey) return usualKey(client);
  const settings = readSettings('serve', {}, env);
  const key = await requireApiKey(settings, '--with-key: set OPENCX_API_KEY to the key to store.');
  return { kind: 'clear', key };
}

/** An existing key file is only mentioned: the command that creates it would empty it. */
function remainingKeySteps({ client, key, machine: { platform, elsewhere, home } }: Plan): string[] {
  const fileExists = key.kind === 'file' && !elsewhere && existsSync(key.file.replace(/^~(?=[\\/])/, home));
  return keyInstructions(client, key, platform, fileExists);
}

/**
 * The flags of the entry, validated as the server would.
 * @throws ConfigurationError, or CommanderError, whose message is already printed.
 */
function serverFlags(flags: readonly string[], { sandbox }: InitOptions): string[] {
  const all = [...(sandbox ? ['--sandbox'] : []), ...flags];
  readSettings('serve', parseServerFlags(all), {});
  return all;
}
