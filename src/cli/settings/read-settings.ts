import { homedir } from 'node:os';
import { join } from 'node:path';
import { closestMatch } from '../../text/closest-match.ts';
import { type CommandName, type Config, type Setting, type SettingName, settings } from './settings.ts';

/** Settings that cannot be used. The program ends with this message and exit code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a command: a flag wins over its variable. An empty variable and a literal `${...}`, which
 * some clients leave when they cannot fill it in, count as unset.
 * @param flags as the command-line parser gives them, by setting name; `true` for a bare switch.
 * @throws ConfigurationError that names each bad setting and what it accepts. Settings of other commands are not read.
 */
export function readConfig<C extends CommandName>(
  command: C,
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): Config<C> {
  const { config, problems } = readSettings(command, flags, env);
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return config;
}

/**
 * The same for who wants to know all that is wrong.
 * @returns one sentence for each setting that cannot be used; in `config` such a setting counts as not given.
 */
export function readSettings<C extends CommandName>(
  command: C,
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): { config: Config<C>; problems: string[] } {
  const read: Record<string, unknown> = {};
  const problems: string[] = [];
  const mine = (Object.entries(settings) as [SettingName, Setting][]).filter(([, { commands }]) =>
    commands.includes(command),
  );
  for (const [name, { schema, env: variable, flag }] of mine) {
    const fromFlag = flags[name] !== undefined;
    const text = fromFlag ? String(flags[name]) : unlessUnset(variable && env[variable]);
    if (text === undefined) continue;
    const result = schema.safeParse(text);
    if (result.success) read[name] = result.data;
    else
      problems.push(
        `${(fromFlag ? flag?.split(' ')[0] : variable) ?? name}: ${result.error.issues[0]?.message}.`,
      );
  }
  const embedded = Boolean(read['sandbox']);
  for (const [name, setting] of mine) {
    const value = embedded && setting.withSandbox !== undefined ? setting.withSandbox : setting.default;
    if (value !== undefined) read[name] ??= value;
  }
  return { config: read as Config<C>, problems };
}

function unlessUnset(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' || isPlaceholder(value) ? undefined : value;
}

const isPlaceholder = (value: string) => /^\$\{.*\}$/.test(value.trim());

/** One sentence for each `OPENCX_` variable whose value is a `${...}` that a client was to fill in, and did not. */
export function placeholders(env: Environment): string[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('OPENCX_') && value !== undefined && isPlaceholder(value))
    .map(
      ([name, value]) =>
        `${name} is the literal text ${value}: the client did not fill it in, so it counts as unset.`,
    );
}

/** One sentence for each `OPENCX_` variable that means nothing here, with the closest one that does. */
export function unknownVariables(env: Environment): string[] {
  const prefix = 'OPENCX_';
  const known = Object.values<Setting>(settings).flatMap(({ env }) => env?.slice(prefix.length) ?? []);
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name.slice(prefix.length)))
    .map((name) => {
      // What all of them begin with would make any two look alike.
      const close = closestMatch(name.slice(prefix.length), known);
      return `${name} is not a setting${close ? `; did you mean ${prefix}${close}?` : ' and is ignored.'}`;
    });
}

/** Where files go when OPENCX_STATE_DIR is not set: the XDG state folder, or its counterpart on Windows. */
export function stateDirectory(config: { stateDir?: string }, env: Environment): string {
  if (config.stateDir !== undefined) return config.stateDir;
  const fallback =
    process.platform === 'win32' ? join(homedir(), 'AppData', 'Local') : join(homedir(), '.local', 'state');
  const base = env['XDG_STATE_HOME'] || (process.platform === 'win32' && env['LOCALAPPDATA']) || fallback;
  return join(base, 'opencx-sessions-mcp');
}
