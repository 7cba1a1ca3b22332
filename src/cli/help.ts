import { type Command, Help } from 'commander';
import { defaultOf, type Setting, type SettingName, settings } from './settings/settings.ts';

type AnySetting = (typeof settings)[SettingName];

/** Lines are no longer than this, however wide the terminal is. */
const widest = 100;

/** The server's settings by what a person wants of them. Those that only the sandbox reads are on its own page. */
const groups: Readonly<Record<string, readonly SettingName[]>> = {
  'What it works on:': ['sandbox', 'apiKey', 'apiKeyFile', 'apiUrl'],
  'What the model may do:': ['readOnly', 'tools', 'excludeTools', 'allowVerified', 'confirmSends'],
  'Records, limits and logs:': ['auditLog', 'stateDir', 'callTimeoutMs', 'rateLimit', 'logLevel'],
  'In the embedded sandbox:': ['sandboxRateLimit', 'autopilot', 'silence'],
};

const examples = `Examples:
  opencx-sessions-mcp demo                      see it work, without an account
  opencx-sessions-mcp init cursor --write       enter it into a client's configuration
  opencx-sessions-mcp doctor cursor             find out why it does not work there
  opencx-sessions-mcp --sandbox --read-only     serve demo data, and change nothing in it
  OPENCX_API_KEY=... opencx-sessions-mcp        serve the live API (clients set the key, see README)
  opencx-sessions-mcp sandbox --port 4010       the same API over HTTP, for programs of your own`;

export const initExamples = `
Examples:
  opencx-sessions-mcp init                                          where each client has its file
  opencx-sessions-mcp init zed --sandbox --write                    demo data in Zed
  opencx-sessions-mcp init vscode --project --write -- --read-only  this project, and nothing is changed`;

/** What a setting does, what holds without it, and its other name where it has one. */
export function describe(setting: Setting): string {
  return withNotes(setting, setting.flag !== undefined && setting.env);
}

function withNotes(setting: Setting, twin: string | false | undefined): string {
  const standard = defaultOf(setting);
  const notes = [
    !/^(?:off|none|all)?$/.test(standard) && `default: ${standard}`,
    twin && `variable: ${twin}`,
  ].filter(Boolean);
  return `${setting.meaning}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** The page of the program as a whole: its commands, the settings of the one that runs when none is named, examples. */
export function explainProgram(program: Command): void {
  program.configureHelp({ formatHelp: () => page(program) });
}

function page(program: Command): string {
  const help = new Help();
  help.prepareContext({ helpWidth: helpWidth() });
  const list = (heading: string, rows: [string, string][]) => {
    const longest = Math.max(...rows.map(([term]) => term.length));
    return `${heading}\n${rows.map(([term, text]) => help.formatItem(term, longest, text, help)).join('\n')}`;
  };
  const commands = help
    .visibleCommands(program)
    .map((command): [string, string] => [
      help.subcommandTerm(command).replace(' [options]', ''),
      command.summary() || command.description(),
    ]);
  const rowsOf = (names: readonly SettingName[]) =>
    names.map((name): [string, string] => {
      const setting: Setting = settings[name];
      return [setting.flag ?? setting.env ?? '', withNotes(setting, false)];
    });
  return `${[
    `Usage: ${program.name()} ${program.usage()}`,
    program.description(),
    list('Commands:', commands),
    ...Object.entries(groups).map(([heading, names]) => list(heading, rowsOf(names))),
    'A flag is also a variable: --read-only is OPENCX_READ_ONLY=true. A flag wins over its variable.\n' +
      'Behind a command, --help explains that command; --version tells the version.',
    examples,
  ].join('\n\n')}\n`;
}

/** The page of one command: its own flags, and the variables that it reads. */
export function explainCommand(command: Command, name: 'serve' | 'sandbox'): void {
  command.addHelpText('after', () => `\n${variables(name)}`);
}

/** As wide as the terminal, up to a width that the eye still follows. */
export function helpWidth(): number {
  return Math.min(process.stdout.columns ?? widest, widest);
}

function variables(only: 'serve' | 'sandbox'): string {
  const help = new Help();
  help.prepareContext({ helpWidth: helpWidth() });
  const rows = Object.values<AnySetting>(settings).flatMap((setting) => {
    const commands: readonly string[] = setting.commands;
    if (!('env' in setting) || 'flag' in setting || !commands.includes(only)) return [];
    return [{ env: setting.env, text: describe(setting) }];
  });
  const longest = Math.max(...rows.map(({ env }) => env.length));
  return [
    'Environment variables without a flag:',
    ...rows.map(({ env, text }) => help.formatItem(env, longest, text, help)),
  ].join('\n');
}
