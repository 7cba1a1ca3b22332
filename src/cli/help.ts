import { relative } from 'node:path';
import { type Command, Help } from 'commander';
import { clientIds } from './init/clients/client-ids.ts';
import { type CommandName, defaultOf, type Setting } from './settings/setting.ts';
import { type SettingName, settings } from './settings/settings.ts';

/** Maximum line width, however wide the terminal is. */
const maxWidth = 100;

/** The server's settings by topic. Settings of the sandbox command are on its own page. */
const groups: Readonly<Record<string, readonly SettingName[]>> = {
  'API:': ['sandbox', 'apiKey', 'apiKeyFile', 'apiUrl'],
  'Permissions:': [
    'readOnly',
    'tools',
    'excludeTools',
    'allowVerified',
    'confirmSends',
    'outboxWebhook',
    'outboxSecret',
    'redact',
  ],
  'Files, limits and logging:': [
    'auditLog',
    'stateDir',
    'databaseUrl',
    'redisUrl',
    'callTimeoutMs',
    'rateLimit',
    'logLevel',
  ],
  'Embedded sandbox:': ['sandboxRateLimit', 'autopilot', 'silence'],
};

/**
 * How this program is started here: by its name if it is installed, otherwise by its file.
 * @param file as it was started.
 */
export function commandName(file = process.argv[1] ?? ''): string {
  if (!/\.[cm]?js$/.test(file)) return 'opencx-sessions-mcp';
  const path = relative(process.cwd(), file);
  return `node ${path.startsWith('..') ? file : path}`;
}

const examples: readonly Example[] = [
  ['demo', 'try it without an account'],
  ['init cursor --sandbox --write', 'add demo data to Cursor'],
  ['doctor cursor', 'find out why it does not work in Cursor'],
  ['inbox --sandbox', 'open a page with the sessions'],
  ['--sandbox --read-only', 'serve demo data, read-only'],
  ['sandbox --port 4010', 'run the same API over HTTP for your own programs'],
  ['http --sandbox', 'try the server for a team'],
];

const initExamples: readonly Example[] = [
  ['init', 'choose clients, and enter the key'],
  ['init zed --sandbox --write', 'add demo data to Zed'],
  ['init vscode --project --write -- --read-only', 'add it to this project, read-only'],
  ['init codex --remove', 'take it out of Codex'],
  ['init cursor --url https://mcp.example.com/mcp --write', 'use the server of your team'],
];

type Example = readonly [command: string, what: string];

/** Each with its meaning beside it, or below a long command. */
function formatExamples(list: readonly Example[]): string {
  const rows = list.map(([command, what]) => [`  ${commandName()} ${command}`, what] as const);
  const room = maxWidth - Math.max(...rows.map(([, what]) => what.length)) - 2;
  const column = Math.max(...rows.map(([command]) => command.length).filter((length) => length <= room), 0);
  const lines = rows.map(([command, what]) =>
    command.length <= room ? `${command.padEnd(column)}  ${what}` : `${command}\n      ${what}`,
  );
  return ['Examples:', ...lines].join('\n');
}

/** What follows the options of init: the clients, and examples. */
export const initHelp = () =>
  `\n${formatList('Clients:', [['', clientIds.join(', ')]])}\n\n${formatExamples(initExamples)}`;

/** Meaning of a setting of a command, with its default there and its variable if there is a flag too. */
export function describeSetting(setting: Setting, command: CommandName): string {
  return withNotes(setting, command, setting.flag !== undefined && setting.env);
}

function withNotes(setting: Setting, command: CommandName, variable: string | false | undefined): string {
  const value = defaultOf(setting, command);
  const notes = [
    !/^(?:off|none|all)?$/.test(value) && `default: ${value}`,
    variable && `variable: ${variable}`,
  ].filter(Boolean);
  return `${setting.meaning}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

/** Sets the main help page: commands, settings of the server, examples. */
export function setProgramHelp(program: Command): void {
  program.configureHelp({ formatHelp: () => formatProgramHelp(program) });
}

function formatProgramHelp(program: Command): string {
  const help = new Help();
  const commands = help
    .visibleCommands(program)
    .map((command): [string, string] => [
      help.subcommandTerm(command).replace(' [options]', ''),
      command.summary() || command.description(),
    ]);
  const rowsOf = (names: readonly SettingName[]) =>
    names.map((name): [string, string] => {
      const setting: Setting = settings[name];
      return [setting.flag ?? setting.env ?? '', withNotes(setting, 'serve', false)];
    });
  return `${[
    `Usage: ${program.name()} ${program.usage()}`,
    program.description(),
    formatList('Commands:', commands),
    ...Object.entries(groups).map(([heading, names]) => formatList(heading, rowsOf(names))),
    'Flags can also be set as variables: --read-only is OPENCX_READ_ONLY=true. Flags take precedence.\n' +
      'Use --help after a command for its options, and --version for the version.',
    formatExamples(examples),
  ].join('\n\n')}\n`;
}

function formatList(heading: string, rows: readonly [term: string, text: string][]): string {
  const help = new Help();
  help.prepareContext({ helpWidth: helpWidth() });
  const longest = Math.max(...rows.map(([term]) => term.length));
  return [heading, ...rows.map(([term, text]) => help.formatItem(term, longest, text, help))].join('\n');
}

/** Adds the variables without a flag to the help page of a command. */
export function addVariablesHelp(command: Command, name: CommandName): void {
  const rows = Object.values<Setting>(settings).flatMap((setting): [string, string][] =>
    setting.env !== undefined && setting.flag === undefined && setting.commands.includes(name)
      ? [[setting.env, describeSetting(setting, name)]]
      : [],
  );
  command.addHelpText('after', () => `\n${formatList('Environment variables without a flag:', rows)}`);
}

/** Width of the terminal, up to a readable maximum. */
export function helpWidth(): number {
  return Math.min(process.stdout.columns ?? maxWidth, maxWidth);
}
