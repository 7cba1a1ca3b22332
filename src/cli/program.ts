import { Command, CommanderError } from 'commander';
import { ConfigurationError, readConfig, type SettingName, settings } from './config.ts';

/** The command line: three commands, their flags taken from the table of settings. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, version: string): Promise<number> {
  const program = new Command('opencx-sessions-mcp')
    .description('OpenCX support sessions as MCP tools, with an embedded sandbox of the same API.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride();

  const serve = program
    .command('serve', { isDefault: true })
    .description('speak MCP on stdin and stdout (the default)')
    .action(async (flags) => (await import('./serve.ts')).serve(readConfig(flags, env), env, version));
  const sandbox = program
    .command('sandbox')
    .description('run the sandbox alone, over HTTP on this machine')
    .action(async (flags) => (await import('./sandbox.ts')).runSandbox(readConfig(flags, env), env));
  program
    .command('demo')
    .description('walk through a support lead’s morning on the embedded sandbox')
    .action(async () => (await import('./demo.ts')).runDemo(process.argv[1] ?? ''));

  for (const setting of Object.values(settings)) {
    if (!('flag' in setting)) continue;
    const commands: readonly string[] = setting.commands;
    if (commands.includes('serve')) serve.option(setting.flag, describe(setting));
    if (commands.includes('sandbox')) sandbox.option(setting.flag, describe(setting));
  }

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof ConfigurationError) {
      process.stderr.write(`opencx-sessions-mcp: ${error.message}\n`);
      return 2;
    }
    // Commander has printed its own message (or the help that was asked for) by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function describe(setting: (typeof settings)[SettingName]): string {
  return `${setting.meaning} (default: ${setting.defaultText}${'env' in setting ? `; ${setting.env}` : ''})`;
}
