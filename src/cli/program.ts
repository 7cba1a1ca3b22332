import { Command, CommanderError } from 'commander';
import { closestMatch } from '../text/closest-match.ts';
import type { serve as Serve } from './commands/serve.ts';
import { describe, explainCommand, explainProgram, helpWidth, initExamples } from './help.ts';
import { ConfigurationError, readConfig } from './settings/read-settings.ts';
import { settings } from './settings/settings.ts';

/** The command line: its commands, whose flags are taken from the table of settings. */
export async function runProgram(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  version: string,
  startServer: typeof Serve,
): Promise<number> {
  const program = new Command('opencx-sessions-mcp')
    .usage('[command] [options]')
    .description('OpenCX support sessions as MCP tools, with an embedded sandbox of the same API.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what is accepted)')
    .configureHelp({ helpWidth: helpWidth() })
    .exitOverride();

  const serve = program
    .command('serve', { isDefault: true })
    .description('speak MCP on stdin and stdout; runs when no command is named')
    .allowExcessArguments()
    .action(async (flags, { args: [word] }: Command) => {
      if (word !== undefined) throw noSuchCommand(word, program);
      await startServer(readConfig('serve', flags, env), env, version);
    });
  const sandbox = program
    .command('sandbox')
    .description('run the sandbox alone, over HTTP on this machine')
    .action(async (flags) =>
      (await import('./commands/sandbox.ts')).runSandbox(readConfig('sandbox', flags, env), env),
    );
  const reset = sandbox
    .command('reset')
    .description('delete what the sandbox holds and start again with the demo data; keys stay')
    .action(async (_, command: Command) =>
      (await import('./commands/sandbox.ts')).resetDemo(
        readConfig('sandbox', command.optsWithGlobals(), env),
        env,
      ),
    );
  program
    .command('init')
    .argument(
      '[client]',
      'claude-desktop, claude-code, cursor, vscode, windsurf or zed; none lists their files',
    )
    .argument('[flags...]', 'flags of the server, behind --')
    .summary('show what a client needs to start the server, or write it into its file')
    .description('Shows the entry of an MCP client and the file it belongs in, or writes it there.')
    .option('--write', 'merge the entry into the file; what is there stays, and a copy of it is kept')
    .option('--sandbox', 'an entry for the demo data: no account, no key')
    .option('--project', 'the file of the project in this folder, not the one of the user')
    .option('--key-file <file>', 'let the server read the key from this file')
    .option('--with-key', 'write the key in clear, as OPENCX_API_KEY has it here')
    .option('--npx', 'start it by npx, although this copy was not started so')
    .option('--name <name>', 'name of the entry (default: opencx-sessions, or opencx-sessions-sandbox)')
    .option('--replace', 'put it in the place of another entry of that name')
    .option('--os <system>', 'show it for linux, macos or windows')
    .addHelpText('after', initExamples)
    .showHelpAfterError(
      '(flags of the server go behind --, as in: init cursor --write -- --read-only; --help shows the rest)',
    )
    .action(async (client: string | undefined, flags: string[], options) =>
      (await import('./init/init.ts')).runInit(client, flags, options, process.argv[1] ?? '', env),
    );
  program
    .command('doctor')
    .argument('[client]', 'examine what this client is set to start, not what this shell would')
    .summary('find out what stands between a client and the API, and what to do')
    .description(
      'Checks the entry of a client, Node, settings, key, network, proxy, scopes, clock and rate limit, and says what to do. It only reads. ' +
        'The exit code is 1 when something does not work.',
    )
    .option('--json', 'the findings as JSON')
    .option('--probe', 'also report which of the listed assumptions hold (some 30 GET requests)')
    .option(settings.sandbox.flag, 'examine the embedded sandbox instead of the live API')
    .action(async (client: string | undefined, options) =>
      (await import('./doctor/doctor.ts')).runDoctor(client, options, process.argv[1] ?? '', env, version),
    );
  program
    .command('demo')
    .description('walk through a support lead’s morning on the embedded sandbox')
    .action(async () => (await import('./commands/demo.ts')).runDemo(process.argv[1] ?? ''));

  for (const setting of Object.values(settings)) {
    if (!('flag' in setting)) continue;
    const commands: readonly string[] = setting.commands;
    if (commands.includes('serve')) serve.option(setting.flag, describe(setting));
    if (commands.includes('sandbox')) sandbox.option(setting.flag, describe(setting));
  }
  for (const setting of [settings.database, settings.seed]) reset.option(setting.flag, describe(setting));
  explainProgram(program);
  explainCommand(serve, 'serve');
  explainCommand(sandbox, 'sandbox');

  // A reader that has read enough, as in `--help | head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    // Told before the flags are read: those of a misspelt command would be unknown to the default one.
    const [word = '-'] = argv[0] === 'help' ? argv.slice(1) : argv;
    if (!word.startsWith('-') && !commandNames(program).includes(word)) throw noSuchCommand(word, program);
    await program.parseAsync([...argv], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    // Commander has printed its own message (or the help that was asked for) by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function commandNames(program: Command): string[] {
  return [...program.commands.map((command) => command.name()), 'help'];
}

function noSuchCommand(word: string, program: Command): ConfigurationError {
  const flags = program.commands.flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  const close = closestMatch(word, [...commandNames(program), ...flags]);
  const hint = close ? ` Did you mean ${close}?` : '';
  return new ConfigurationError(
    `There is no command "${word}".${hint} Commands: ${commandNames(program).join(', ')}; --help shows all.`,
  );
}
