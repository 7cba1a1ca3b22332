import { type Command, Help, type Option } from 'commander';
import { defaultOf, type SettingName, settings } from './config.ts';

type AnySetting = (typeof settings)[SettingName];

/** Lines are no longer than this, however wide the terminal is. */
const widest = 100;

/** What a setting does, what holds without it, and its other name where it has one. */
export function describe(setting: AnySetting): string {
  const twin = 'flag' in setting && 'env' in setting ? setting.env : undefined;
  const standard = defaultOf(setting);
  const notes = [standard && `default: ${standard}`, twin && `variable: ${twin}`].filter(Boolean);
  return `${setting.meaning}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** The help of the program as a whole: also the flags of the command that runs when none is named, and variables. */
export function explainProgram(program: Command, main: Command): void {
  const standard = new Help();
  program.configureHelp({
    helpWidth: width(),
    visibleOptions: (command): Option[] => [...main.options, ...standard.visibleOptions(command)],
  });
  program.addHelpText('after', () => `\n${variables()}\n\n${examples}`);
}

/** The help of one command: its own flags, and the variables that it reads. */
export function explainCommand(command: Command, name: 'serve' | 'sandbox'): void {
  command.configureHelp({ helpWidth: width() });
  command.addHelpText('after', () => `\n${variables(name)}`);
}

function width(): number {
  return Math.min(process.stdout.columns ?? widest, widest);
}

function variables(only?: 'serve' | 'sandbox'): string {
  const help = new Help();
  help.prepareContext({ helpWidth: width() });
  const rows = Object.values<AnySetting>(settings).flatMap((setting) => {
    const commands: readonly string[] = setting.commands;
    const elsewhere = only === undefined && !commands.includes('serve');
    // The flags of the sandbox alone stand on its own page, which leaves their variables to this one.
    if (!('env' in setting) || (only && !commands.includes(only)) || ('flag' in setting && !elsewhere))
      return [];
    return [{ env: setting.env, text: (elsewhere ? 'For the sandbox alone: ' : '') + describe(setting) }];
  });
  const longest = Math.max(...rows.map(({ env }) => env.length));
  return [
    'Environment variables without a flag:',
    ...rows.map(({ env, text }) => help.formatItem(env, longest, text, help)),
  ].join('\n');
}

const examples = `Examples:
  opencx-sessions-mcp --sandbox --read-only     look around in demo data, without an account
  OPENCX_API_KEY=... opencx-sessions-mcp        serve the live API (clients set the key, see README)
  opencx-sessions-mcp sandbox --port 4010       the same API over HTTP, for programs of your own`;
