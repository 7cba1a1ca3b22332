import { join } from 'node:path';
import { closestMatch } from '../../text/closest-match.ts';
import { ConfigurationError } from './configuration-error.ts';
import { homeFolder } from './home-folder.ts';
import type { CommandName, Setting } from './setting.ts';
import { type SettingName, type Settings, settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a command. Flags take precedence over variables. Empty variables and literal `${...}`
 * placeholders, which some clients leave in place, count as unset.
 * @param flags by setting name, as the command-line parser returns them; `true` for a switch.
 * @throws ConfigurationError that names each invalid setting and the accepted values.
 */
export function readSettings<C extends CommandName>(
  command: C,
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): Settings<C> {
  const { values, problems } = parseSettings(command, flags, env);
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return values;
}

/**
 * Like `readSettings`, but returns all problems instead of throwing.
 * @returns one sentence per invalid setting; `values` treats these as unset.
 */
export function parseSettings<C extends CommandName>(
  command: C,
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): { values: Settings<C>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  const relevant = (Object.entries(settings) as [SettingName, Setting][]).filter(([, { commands }]) =>
    commands.includes(command),
  );
  for (const [name, { schema, env: variable, flag }] of relevant) {
    const isFlag = flags[name] !== undefined;
    const given = isFlag ? String(flags[name]) : variable && env[variable];
    const text = given && bareValue(given);
    if (text === undefined || (!isFlag && (text === '' || isPlaceholder(text)))) continue;
    const source = (isFlag ? flag?.split(' ')[0] : variable) ?? name;
    const result = parse(schema, text);
    // Messages never repeat the value: it may be a key.
    if ('problem' in result) problems.push(`${source}: ${result.problem}`);
    else values[name] = result.value;
  }
  const embedded = Boolean(values['sandbox']);
  for (const [name, setting] of relevant) {
    const usual = setting.defaultFor?.[command] ?? setting.default;
    const value = embedded && setting.withSandbox !== undefined ? setting.withSandbox : usual;
    if (value !== undefined) values[name] ??= value;
  }
  return { values: values as Settings<C>, problems };
}

function parse(schema: Setting['schema'], text: string): { value: unknown } | { problem: string } {
  try {
    const result = schema.safeParse(text);
    return result.success ? { value: result.data } : { problem: `${result.error.issues[0]?.message}.` };
  } catch (error) {
    // A path that begins with ~, without a home folder.
    if (error instanceof ConfigurationError) return { problem: error.message };
    throw error;
  }
}

/** The value without white space, a byte order mark and quotes around it, as files of variables often have them. */
export function bareValue(text: string): string {
  const trimmed = text.trim();
  const [, , inner] = /^(["'`])(.*)\1$/s.exec(trimmed) ?? [];
  return inner === undefined ? trimmed : bareValue(inner);
}

/** Whether a client or shell left a variable's name in place of its value. */
export function isPlaceholder(value: string): boolean {
  return /^(?:\$\{.*\}|\$\w+|%\w+%|\{\{.*\}\})$/s.test(bareValue(value));
}

const prefix = 'OPENCX_';

/** One warning for each `OPENCX_` variable that is unknown, or a `${...}` that the client did not replace. */
export function environmentWarnings(env: Environment): string[] {
  const known = Object.values<Setting>(settings).flatMap(({ env }) => env?.slice(prefix.length) ?? []);
  const ours = Object.entries(env).filter(([name]) => name.startsWith(prefix));
  const placeholders = ours
    .filter(([, value]) => value !== undefined && isPlaceholder(value))
    .map(([name, value = '']) => {
      // A default in the placeholder may be the key.
      const shown = /^[\w${}%:.]{1,60}$/.test(value) && !value.includes(':-') ? value : 'of a placeholder';
      return `${name} is the literal text ${shown}: the client did not replace the placeholder, so it counts as unset.`;
    });
  const unknown = ours
    .map(([name]) => name.slice(prefix.length))
    .filter((name) => !known.includes(name))
    .map((name) => {
      // Compared without the prefix, which would make any two names look similar.
      const close = closestMatch(name, known);
      return `${prefix}${name} is not a setting${close ? `; did you mean ${prefix}${close}?` : ' and is ignored.'}`;
    });
  return [...placeholders, ...unknown];
}

/**
 * Folder for our files: OPENCX_STATE_DIR, the XDG state folder, or its equivalent on Windows.
 * @throws ConfigurationError when none is set and the user has no home folder.
 */
export function stateDirectory(settings: { stateDir?: string }, env: Environment): string {
  if (settings.stateDir !== undefined) return settings.stateDir;
  const isWindows = process.platform === 'win32';
  const set = env['XDG_STATE_HOME'] || (isWindows && env['LOCALAPPDATA']);
  const base = set || join(homeFolder(), ...(isWindows ? ['AppData', 'Local'] : ['.local', 'state']));
  return join(base, 'opencx-sessions-mcp');
}
