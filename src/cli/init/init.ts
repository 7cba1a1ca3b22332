import { existsSync, realpathSync } from 'node:fs';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import { teamUrl } from '../setup/team-url.ts';
import { checkEntry, removeFromFile, writeEntry } from './change-file.ts';
import { chooseClients } from './choose-clients.ts';
import type { McpClient } from './clients/client.ts';
import { clients } from './clients/clients.ts';
import { findClient, getClient, isInstalled, userFileOf } from './clients/find-client.ts';
import { fileWithEntry, invocation } from './entry.ts';
import { formatOf } from './formats/format-of.ts';
import { selectMachine } from './machine.ts';
import { ourEntries } from './our-entries.ts';
import { type Context, configurationFile, entryName, type InitOptions, makePlan, type Plan } from './plan.ts';
import { askOnce } from './secrets.ts';
import { CancelledError, type Terminal, terminalOf } from './terminal.ts';

const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

/**
 * Shows the entry for a client and its file, or adds the entry to the file. Without a client, asks which of those that
 * are installed; where nobody can answer, it lists them.
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
  terminal: Terminal = terminalOf(),
): Promise<void> {
  if (options.remove && options.write) {
    throw new ConfigurationError('--remove and --write cannot be used together: leave one of them out.');
  }
  const [another] = flags;
  if (another !== undefined && findClient(another) !== undefined) {
    throw new ConfigurationError(
      'Only one client can be named. To choose several, run init without a name on a terminal. Nothing was changed.',
    );
  }
  const programFile = realpathSync(program);
  const context: Context = {
    options,
    flags,
    machine: selectMachine(options, env),
    program: programFile,
    command: invocation(programFile),
    env,
    terminal,
    secrets: askOnce(env, terminal),
  };
  if (clientName !== undefined) {
    const client = getClient(clientName);
    if (options.remove) await remove([client], context);
    else if (options.write) await write([client], context);
    else await show(await makePlan(client, context));
    return;
  }
  const flag = options.remove ? '--remove' : options.write ? '--write' : undefined;
  if (terminal.isInteractive && !context.machine.elsewhere) {
    const chosen = await chooseClients(context);
    if (chosen.length === 0) {
      print('Nothing was changed.');
      return;
    }
    if (options.remove) return remove(chosen, context);
    return write(chosen, { ...context, options: { ...options, write: true } });
  }
  if (flag !== undefined) {
    throw new ConfigurationError(`${flag}: name a client: ${clients.map(({ id }) => id).join(', ')}.`);
  }
  listClients(context);
}

async function show({ client, file, name, entry, key, keySteps, approvalSteps }: Plan): Promise<void> {
  const content = fileWithEntry(client, name, entry, key);
  print(`${client.title}: add this to ${file}`, '');
  print(await written(client, content), '');
  printNextSteps([
    ['Add the entry to the file, or run this command again with --write.'],
    await keySteps(),
    [client.reload],
    approvalSteps(),
  ]);
}

async function write(chosen: readonly McpClient[], context: Context): Promise<void> {
  const { options, command, program } = context;
  const plans: Plan[] = [];
  const keySteps = new Map<string, readonly string[]>();
  await forEach(chosen, async (client) => {
    const plan = await makePlan(client, context);
    // Nobody is asked for a key that no entry would use.
    await checkEntry(plan, options.replace === true);
    const steps = await plan.keySteps();
    print(...(await writeEntry(plan, options.replace === true, command, program)), '');
    keySteps.set(steps.join('\n'), steps);
    plans.push(plan);
  });
  if (plans.length === 0) return;
  const [only] = plans.length === 1 ? plans : [];
  // An address under another name could be anybody's server.
  const isRecognized = plans.every(({ name, entry }) => ourEntries({ [name]: entry }, program).length > 0);
  const checks = isRecognized
    ? [only?.client.id, options.sandbox && '--sandbox']
    : ['--url', options.url && teamUrl(options.url)];
  const doctor = [command, 'doctor', ...checks].filter(Boolean).join(' ');
  printNextSteps([
    ...keySteps.values(),
    plans.map(({ client }) => client.reload),
    ['Ask: "What is open and waiting for a human?"', `If it doesn't work, run: ${doctor}`],
    [...new Set(plans.flatMap(({ approvalSteps }) => approvalSteps()))],
  ]);
}

async function remove(chosen: readonly McpClient[], context: Context): Promise<void> {
  const { options, program } = context;
  const changed: McpClient[] = [];
  await forEach(chosen, async (client) => {
    const file = configurationFile(client, context);
    const url = options.url === undefined ? undefined : teamUrl(options.url);
    print(...(await removeFromFile(client, file, entryName(options), program, url)), '');
    changed.push(client);
  });
  if (changed.length === 0) return;
  printNextSteps([changed.map(({ reload, reloadWithout = reload }) => reloadWithout)]);
}

/** With several clients, the file of one does not keep the others from being changed. */
async function forEach(
  chosen: readonly McpClient[],
  work: (client: McpClient) => Promise<void>,
): Promise<void> {
  for (const client of chosen) {
    try {
      await work(client);
    } catch (error) {
      const isOfThisClient = error instanceof ConfigurationError && !(error instanceof CancelledError);
      if (chosen.length === 1 || !isOfThisClient) throw error;
      print(`${client.title}: ${error.message}`, '');
      process.exitCode = 2;
    }
  }
}

/** Prints numbered steps. Each is a list of lines; empty ones are left out. */
function printNextSteps(steps: readonly (readonly string[])[]): void {
  const numbered = steps
    .filter((lines) => lines.length > 0)
    .flatMap((lines, n) => lines.map((line, at) => (at ? `     ${line}` : `  ${n + 1}. ${line}`)));
  print('Next steps:', ...numbered);
}

/** The content of a file in its format. */
async function written(client: McpClient, content: object): Promise<string> {
  if (client.format === 'json') return JSON.stringify(content, undefined, 2);
  const format = await formatOf(client);
  const [[path, servers] = ['', {}]] = Object.entries(content);
  const [[name, entry] = ['', {}]] = Object.entries(Object(servers));
  return format.add('', [path], name, entry).trimEnd();
}

function listClients({ machine, command }: Context): void {
  const width = Math.max(...clients.map(({ id }) => id.length));
  const lines = (shown: readonly McpClient[]) =>
    shown.map((client) => {
      const file = userFileOf(client, machine);
      const exists = !machine.elsewhere && existsSync(file);
      return `  ${client.id.padEnd(width)}  ${file}${exists ? '' : ' (does not exist yet)'}`;
    });
  const found = machine.elsewhere ? [] : clients.filter((client) => isInstalled(client, machine));
  print(
    `For example, to add the server to Cursor with demo data, run: ${command} init cursor --sandbox --write`,
    '',
  );
  if (found.length > 0) print('Found on this machine:', ...lines(found), '', 'Others:');
  print(...lines(clients.filter((client) => !found.includes(client))));
}
