import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, readSettings } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import { teamUrl } from '../setup/team-url.ts';
import type { McpClient } from './clients/client.ts';
import { projectFileOf, userFileOf } from './clients/find-client.ts';
import {
  defaultKeyFile,
  type KeyChoice,
  launchElsewhere,
  launchMethod,
  makeEntry,
  makeRemoteEntry,
  usualKey,
  usualName,
} from './entry.ts';
import type { Json } from './formats/format.ts';
import { approvalInstructions, keyInstructions } from './instructions.ts';
import type { Machine } from './machine.ts';
import { keyToStore, type Secrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export interface InitOptions {
  readonly write?: boolean;
  readonly sandbox?: boolean;
  readonly project?: boolean;
  readonly npx?: boolean;
  readonly keyFile?: string;
  readonly withKey?: boolean;
  readonly url?: string;
  readonly withToken?: boolean;
  readonly name?: string;
  readonly replace?: boolean;
  readonly remove?: boolean;
  readonly os?: string;
}

/** What the options are resolved with. */
export interface Context {
  readonly options: InitOptions;
  /** Flags for the server. */
  readonly flags: readonly string[];
  readonly machine: Machine;
  /** This program's file, with links resolved. */
  readonly program: string;
  /** The shell command that runs this program again. */
  readonly command: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly secrets: Secrets;
}

/** The resolved options for a client. */
export interface Plan {
  readonly client: McpClient;
  readonly file: string;
  readonly name: string;
  readonly entry: Json;
  readonly key: KeyChoice;
  /** Whether the entry starts the server on this machine. */
  readonly isLocal: boolean;
  /** Asks for the key if the entry needs one that is not there. @returns what is still to do about it, in lines. */
  keySteps(): Promise<readonly string[]>;
  /** How to approve messages that wait, in lines. They depend on the keys that are saved by then. */
  approvalSteps(): readonly string[];
}

/** @throws ConfigurationError for options that cannot be used (together), or not with this client. */
export async function makePlan(client: McpClient, context: Context): Promise<Plan> {
  const { options, flags, machine, program, command } = context;
  refuseConflicts(context);
  const name = entryName(options);
  const place = { name, isProject: options.project === true };
  const file = configurationFile(client, context);
  if (options.url !== undefined) {
    const url = teamUrl(options.url);
    const key = await chooseToken(client, context);
    const entry = makeRemoteEntry(client, url, key, place);
    const keySteps = async () => tokenSteps(client, key, options);
    return { client, file, name, entry, key, isLocal: false, keySteps, approvalSteps: () => [] };
  }
  const key = await chooseKey(client, context);
  const launch = machine.elsewhere
    ? launchElsewhere(machine.platform)
    : launchMethod(program, options.npx === true);
  const allFlags = serverFlags(flags, options);
  const entry = makeEntry(client, machine.platform, launch, allFlags, key, place);
  return {
    client,
    file,
    name,
    entry,
    key,
    isLocal: true,
    async keySteps() {
      const hasFile = key.kind === 'file' && (await hasKeyFile(key.file, context));
      return keyInstructions(client, key, machine.platform, hasFile);
    },
    approvalSteps() {
      if (machine.elsewhere) return [];
      const isSaved = existsSync(pathOf(defaultKeyFile, machine));
      return approvalInstructions(allFlags, key, command, isSaved);
    },
  };
}

export function entryName({ name, sandbox }: InitOptions): string {
  return name ?? (sandbox ? `${usualName}-sandbox` : usualName);
}

export function configurationFile(client: McpClient, { options, machine }: Context): string {
  if (!options.project) return userFileOf(client, machine);
  const file = projectFileOf(client, machine);
  if (file !== undefined) return file;
  throw new ConfigurationError(`--project: ${client.title} has no project file.`);
}

function refuseConflicts({ options, flags }: Context): void {
  const { sandbox, keyFile, withKey, url, withToken, npx } = options;
  if ([sandbox, keyFile, withKey].filter(Boolean).length > 1) {
    throw new ConfigurationError('--sandbox, --key-file and --with-key cannot be used together.');
  }
  if (url === undefined) {
    if (withToken) throw new ConfigurationError('--with-token: needs --url, the address of the team server.');
    return;
  }
  if (sandbox || keyFile !== undefined || withKey || npx || flags.length > 0) {
    throw new ConfigurationError(
      '--url is for a server that runs elsewhere: it has the key and the flags. Leave them out here.',
    );
  }
}

async function chooseKey(
  client: McpClient,
  { options: { sandbox, keyFile, withKey }, env }: Context,
): Promise<KeyChoice> {
  if (sandbox) return { kind: 'none' };
  if (keyFile !== undefined) {
    // Absolute, because the client starts the server in another folder.
    return { kind: 'file', file: keyFile.startsWith('~') ? keyFile : resolve(keyFile) };
  }
  return withKey ? { kind: 'clear', key: await keyToStore(env) } : usualKey(client);
}

async function chooseToken(client: McpClient, { options, secrets }: Context): Promise<KeyChoice> {
  if (!options.withToken) return { kind: 'none' };
  if (client.asksForKey) return { kind: 'token-input' };
  if (client.tokenVariable) return { kind: 'token-variable', variable: client.tokenVariable };
  return { kind: 'clear', key: await secrets.token() };
}

function tokenSteps(client: McpClient, key: KeyChoice, { url, write }: InitOptions): string[] {
  if (key.kind !== 'none') return keyInstructions(client, key, 'linux', false);
  return [
    `${client.title} lets you sign in when it first connects, if ${new URL(url ?? '').host} has sign-in.`,
    `If its administrators gave you a token instead, run this again with --with-token${write ? ' --replace' : ''}.`,
  ];
}

/** Whether the key file exists. It is asked for and created before an entry that needs it is written. */
async function hasKeyFile(file: string, { machine, options, secrets }: Context): Promise<boolean> {
  if (machine.elsewhere) return false;
  const path = pathOf(file, machine);
  // An existing key file is only mentioned: the command that creates it would empty it.
  return options.write ? secrets.keyFile(path) : existsSync(path);
}

/** As the server expands it. */
function pathOf(file: string, { home }: Machine): string {
  return file.replace(/^~(?=[\\/])/, () => home);
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
