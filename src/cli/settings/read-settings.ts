import { homedir } from 'node:os';
import { join } from 'node:path';
import { closestMatch } from '../../text/closest-match.ts';
import { type CommandName, type Setting, type SettingName, type Settings, settings } from './settings.ts';

/** Unusable settings or arguments. The program prints the message and exits with code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

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
    const text = isFlag ? String(flags[name]) : variable && env[variable];
    if (text === undefined || (!isFlag && (text.trim() === '' || isPlaceholder(text)))) continue;
    const result = schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else {
      const source = (isFlag ? flag?.split(' ')[0] : variable) ?? name;
      problems.push(`${source}: ${result.error.issues[0]?.message}.`);
    }
  }
  const embedded = Boolean(values['sandbox']);
  for (const [name, setting] of relevant) {
    const value = embedded && setting.withSandbox !== undefined ? setting.withSandbox : setting.default;
    if (value !== undefined) values[name] ??= value;
  }
  return { values: values as Settings<C>, problems };
}

const isPlaceholder = (value: string) => /^\$\{.*\}$/.test(value.trim());

const prefix = 'OPENCX_';

/** One warning for each `OPENCX_` variable that is unknown, or a `${...}` that the client did not replace. */
export function environmentWarnings(env: Environment): string[] {
  const known = Object.values<Setting>(settings).flatMap(({ env }) => env?.slice(prefix.length) ?? []);
  const ours = Object.entries(env).filter(([name]) => name.startsWith(prefix));
  const placeholders = ours
    .filter(([, value]) => value !== undefined && isPlaceholder(value))
    .map(
      ([name, value]) =>
        `${name} is the literal text ${value}: the client did not replace the placeholder, so it counts as unset.`,
    );
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

/** Folder for our files: OPENCX_STATE_DIR, the XDG state folder, or its equivalent on Windows. */
export function stateDirectory(settings: { stateDir?: string }, env: Environment): string {
  if (settings.stateDir !== undefined) return settings.stateDir;
  const isWindows = process.platform === 'win32';
  const set = env['XDG_STATE_HOME'] || (isWindows && env['LOCALAPPDATA']);
  // Asked last: a user in a container may have no home folder.
  const base = set || join(homedir(), ...(isWindows ? ['AppData', 'Local'] : ['.local', 'state']));
  return join(base, 'opencx-sessions-mcp');
}
