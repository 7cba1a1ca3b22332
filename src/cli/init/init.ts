import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError, type Environment, readSettings } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import { readApiKey } from '../setup/api-key.ts';
import { readClientFile, replaceClientFile, UnusableFileError } from './client-file.ts';
import { clients, getClient, type McpClient } from './clients.ts';
import {
  type Entry,
  fileWithEntry,
  invocation,
  type KeyChoice,
  launchMethod,
  makeEntry,
  usualKey,
} from './entry.ts';
import { keyInstructions } from './key-instructions.ts';
import { type Machine, selectMachine } from './machine.ts';
import { mergeEntry } from './merge.ts';

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
  const key = await chooseKey(client, options, env);
  const launch = launchMethod(programFile, options.npx === true || machine.elsewhere);
  const plan: Plan = {
    client,
    machine,
    file: configurationFile(client, machine, options),
    name: options.name ?? (options.sandbox ? 'opencx-sessions-sandbox' : 'opencx-sessions'),
    entry: makeEntry(client, machine.platform, launch, serverFlags(flags, options), key),
    key,
  };
  if (options.write) await write(plan, options.replace === true, command);
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

async function write(plan: Plan, replace: boolean, command: string): Promise<void> {
  const { client, file, name, entry, key } = plan;
  try {
    const old = await readClientFile(file);
    const merged = mergeEntry(old.text, client, name, entry, key, replace);
    if (merged.outcome === 'conflict') {
      throw new UnusableFileError(
        `already has a different entry "${name}": use --replace to replace it, or --name to add another one`,
      );
    }
    if (merged.outcome === 'unchanged')
      print(`${client.title}: "${name}" is already in ${file}; nothing to change.`, '');
    else {
      const backup = await replaceClientFile(old, merged.text);
      print(`${client.title}: wrote "${name}" to ${file}`);
      print(
        backup
          ? `Other entries kept. Backup: ${backup}`
          : `This is a new file. If you already use ${client.title}, check that it does not keep its servers elsewhere.`,
        '',
      );
    }
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    throw new ConfigurationError(`${file} ${error.message}. Nothing was changed.`);
  }
  printNextSteps([
    remainingKeySteps(plan),
    [client.reload],
    [
      'Ask: "What is open and waiting for a human?"',
      `If it doesn't work, run: ${command} doctor ${client.id}${key.kind === 'none' ? ' --sandbox' : ''}`,
    ],
  ]);
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
  const key = await readApiKey(readSettings('serve', {}, env));
  if (!key) throw new ConfigurationError('--with-key: set OPENCX_API_KEY to the key to store.');
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
