import { Command, CommanderError } from 'commander';
import { compileSchemas } from '../mcp/zod-config.ts';
import type { serve as Serve } from './commands/serve.ts';
import { didYouMean } from './did-you-mean.ts';
import { distribution } from './distribution.ts';
import {
  addVariablesHelp,
  commandName,
  describeSetting,
  helpWidth,
  initHelp,
  setProgramHelp,
} from './help.ts';
import { hideValues } from './hide-values.ts';
import { ConfigurationError } from './settings/configuration-error.ts';
import { readSettings } from './settings/read-settings.ts';
import type { CommandName, Setting } from './settings/setting.ts';
import { type SettingName, settings } from './settings/settings.ts';

/** Parses the command line and runs a command. Flags come from the table of settings. */
export async function runProgram(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  version: string,
  startServer: typeof Serve,
): Promise<number> {
  const program = new Command(commandName())
    .usage('[command] [options]')
    .description('MCP server for OpenCX support sessions, with an embedded sandbox of the same API.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)')
    .configureHelp({ helpWidth: helpWidth() })
    .configureOutput({ outputError: (message, write) => write(hideValues(message)) })
    .exitOverride();

  const serve = program
    .command('serve', { isDefault: true })
    .summary('start the MCP server on stdin and stdout (the default command)')
    .description('Starts the MCP server on stdin and stdout. This is the default command.')
    .allowExcessArguments()
    .action(async (flags, { args: [name] }: Command) => {
      if (name !== undefined) throw unknownCommand(name, program);
      await startServer(readSettings('serve', flags, env), env, version);
    });
  const sandbox = program
    .command('sandbox')
    .summary('run the sandbox alone, as an HTTP server on this machine')
    .description('Runs the sandbox alone, as an HTTP server on this machine.')
    .allowExcessArguments()
    .action(async (flags, { args: [name] }: Command) => {
      if (name !== undefined) throw unknownCommand(name, sandbox);
      const { runSandbox } = await import('./commands/sandbox.ts');
      await runSandbox(readSettings('sandbox', flags, env), env, version);
    });
  const reset = sandbox
    .command('reset')
    .summary('replace all data of the sandbox with new demo data; API keys are kept')
    .description('Replaces all data of the sandbox with new demo data. API keys are kept.')
    .option('--yes', 'do not ask')
    .action(async ({ yes = false }: { yes?: boolean }, command: Command) => {
      const { yes: _, ...flags } = command.optsWithGlobals();
      refuseUnusedFlags('sandbox reset', flags, ['database', 'seed']);
      const { resetSandboxData } = await import('./commands/reset.ts');
      await resetSandboxData(readSettings('sandbox', flags, env), env, yes);
    });
  const http = program
    .command('http')
    .summary('serve a team over HTTP')
    .description(
      'Serves MCP over HTTP to a team: workspaces, roles and tokens are in a file (docs/team.md). With --sandbox alone, a token for demo data is printed.',
    )
    .action(async (flags) => {
      compileSchemas();
      const { runHttp } = await import('./commands/http.ts');
      await runHttp(readSettings('http', flags, env), env, version);
    });
  const inbox = program
    .command('inbox')
    .summary('open the inbox page: who waits, what they wrote')
    .description(
      'Serves a page with your sessions to your browser, on this machine only (docs/inbox.md). With --sandbox, it shows demo data.',
    )
    .action(async (flags) =>
      (await import('./commands/inbox.ts')).runInbox(readSettings('inbox', flags, env), env, version),
    );
  program
    .command('token')
    .argument('<name>', 'whose token it is: a person or a program')
    .summary('make a token for the team server, and the entry for the team file')
    .description('Makes a token for the team server, and the entry for the team file.')
    .requiredOption('--workspace <id>', 'the workspace that it opens')
    .requiredOption('--role <name>', 'what may be done with it')
    .option('--team <file>', 'check the names in this team file; it is not changed')
    .action(async (name: string, options) => (await import('./commands/token.ts')).runToken(name, options));
  const outbox = program
    .command('outbox')
    .summary('approve, edit or reject the messages that wait for a person')
    .description(
      'Shows each message that waits for approval (--confirm-sends=outbox) with its recipient and what happened since it was written, and asks what to do. Needs a terminal, and the settings of the server that wrote the messages.',
    )
    .action(async (flags) =>
      (await import('./commands/outbox.ts')).runOutbox(readSettings('serve', flags, env), env, version),
    );
  const init = program
    .command('init')
    .argument('[client]', 'one of the clients below; without it, init asks which of those on this machine')
    .argument('[flags...]', 'flags for the server, after --')
    .summary('add the server to the configuration of an MCP client')
    .description(
      'Shows the configuration entry for an MCP client and its file, or adds the entry with --write. On a terminal, ' +
        'it asks for the API key and saves it in ~/.opencx/api-key.txt, if that file does not exist.',
    )
    .option('--write', 'add the entry to the file; keeps other entries, and a backup of the old file')
    .option('--sandbox', 'use demo data: no account or key needed')
    .option('--project', 'use the project file in this folder instead of the user file')
    .option('--key-file <file>', 'make the server read the key from this file')
    .option('--with-key', 'store the value of OPENCX_API_KEY in the entry, in plain text')
    .option('--url <address>', 'use a team server at this address instead of starting one on this machine')
    .option('--with-token', 'store the token for --url in the entry, from OPENCX_TOKEN or the terminal')
    .option('--name <name>', 'name of the entry (default: opencx-sessions or opencx-sessions-sandbox)')
    .option('--replace', 'replace an existing entry with the same name')
    .option('--remove', 'take the entry out of the file; keeps other entries, and a backup of the old file')
    .option('--os <system>', 'show the entry for linux, macos or windows')
    .addHelpText('after', initHelp)
    .showHelpAfterError(
      '(server flags go after --, for example: init cursor --write -- --read-only; see --help)',
    )
    .action(async (first: string | undefined, rest: string[], options) => {
      // What follows -- may come without a client.
      const [client, flags] = first?.startsWith('-') ? [undefined, [first, ...rest]] : [first, rest];
      return (await import('./init/init.ts')).runInit(client, flags, options, process.argv[1] ?? '', env);
    });
  if (distribution.published) init.option('--npx', 'start the server with npx instead of this copy');
  program
    .command('doctor')
    .argument(
      '[client]',
      'start the entry of this client and check it; without it, those of all clients, except in files of a project',
    )
    .summary('diagnose connection problems')
    .description(
      'Checks client configuration, Node, settings, key, network, proxy, scopes, clock and rate limit, and suggests fixes. ' +
        'Changes nothing. The exit code is 1 if a check fails.',
    )
    .option('--json', 'print the results as JSON')
    .option(
      '--url <address>',
      'check a team server at this address (token: OPENCX_TOKEN or OPENCX_TOKEN_FILE)',
    )
    .option('--probe', 'also check the listed assumptions (about 30 GET requests)')
    .option(
      settings.sandbox.flag,
      'check the embedded sandbox, and entries that use it, instead of the live API',
    )
    .action(async (client: string | undefined, options) =>
      (await import('./doctor/doctor.ts')).runDoctor(client, options, process.argv[1] ?? '', env, version),
    );
  program
    .command('audit')
    .summary('check the log that --audit-log writes')
    .description('Checks the log that --audit-log writes.')
    .command('verify')
    .argument('<files...>', 'the file; if it was moved away and started again, all its files in order')
    .summary('check that no record was changed, removed or moved')
    .description('Checks that no record was changed, removed or moved. The exit code is 1 if one was.')
    .option('--contains <sha256>', 'also require a record with this hash')
    .action(async (files: string[], options) =>
      (await import('./commands/audit.ts')).runAuditVerify(files, options),
    );
  program
    .command('demo')
    .summary('run a guided tour on the embedded sandbox')
    .description('Runs a guided tour on the embedded sandbox.')
    .action(async () => (await import('./commands/demo.ts')).runDemo(process.argv[1] ?? ''));

  for (const setting of Object.values(settings)) {
    if (!('flag' in setting)) continue;
    const names: readonly CommandName[] = setting.commands;
    const commands = { serve, sandbox, inbox, http };
    for (const name of ['serve', 'sandbox', 'inbox', 'http'] as const)
      if (names.includes(name)) commands[name].option(setting.flag, describeSetting(setting, name));
  }
  for (const setting of [settings.sandbox, settings.allowVerified, settings.auditLog])
    outbox.option(setting.flag, describeSetting(setting, 'serve'));
  for (const setting of [settings.database, settings.seed])
    reset.option(setting.flag, describeSetting(setting, 'sandbox'));
  setProgramHelp(program);
  addVariablesHelp(serve, 'serve');
  addVariablesHelp(sandbox, 'sandbox');
  addVariablesHelp(http, 'http');
  addVariablesHelp(inbox, 'inbox');

  // A closed pipe, as in `--help | head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    // Checked before the flags, which would be parsed as flags of the default command.
    const [name = '-'] = argv[0] === 'help' ? argv.slice(1) : argv;
    if (!name.startsWith('-') && !commandNames(program).includes(name)) throw unknownCommand(name, program);
    await program.parseAsync([...argv], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    // Commander has already printed its message, or the requested help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

/** The parser also accepts the flags of a command for its subcommand. */
function refuseUnusedFlags(command: string, flags: object, used: readonly SettingName[]): void {
  const unused = Object.keys(flags).filter((name) => !used.includes(name as SettingName)) as SettingName[];
  if (unused.length === 0) return;
  const names = unused.map((name) => {
    const { flag = name }: Setting = settings[name];
    return flag.split(' ')[0];
  });
  throw new ConfigurationError(`${names.join(', ')}: not a flag of ${command}. Nothing was changed.`);
}

function commandNames(program: Command): string[] {
  return [...program.commands.map((command) => command.name()), 'help'];
}

function unknownCommand(name: string, program: Command): ConfigurationError {
  const commands = commandNames(program);
  const flags = program.commands.flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  // Not repeated: it may be the key.
  return new ConfigurationError(
    `Unknown command.${didYouMean(name, [...commands, ...flags])} Commands: ${commands.join(', ')}. See --help.`,
  );
}
