import { homedir } from 'node:os';
import { join } from 'node:path';
import { baseUrlProblem } from '../client/base-url.ts';
import { z } from '../contract/zod.ts';
import { nearest } from '../server/nearest.ts';

/** A setting that cannot be used. The program ends with this message and exit code 2. */
export class ConfigurationError extends Error {}

const onOff = z
  .string()
  .regex(/^(?:1|0|true|false|yes|no|on|off)?$/i, 'must be true or false')
  .transform((text) => /^(?:1|true|yes|on)$/i.test(text));

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const names = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

/** A path as a shell would have made it: clients that start the server hand `~` on as it is. */
const path = z.string().transform((text) => text.replace(/^~(?=$|[/\\])/, () => homedir()));

/** The name of a file that is not there by a slip: a flag without its dashes. */
const databasePath = path.superRefine((text, context) => {
  if (!flagNames().includes(`--${text}`)) return;
  const message = `"${text}" is a flag without its dashes; did you mean --${text}? A file of that name is ./${text}`;
  context.addIssue({ code: z.ZodIssueCode.custom, message });
});

const apiUrl = z.string().transform((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem === undefined) return text.replace(/\/+$/, '');
  context.addIssue({ code: z.ZodIssueCode.custom, message: problem });
  return z.NEVER;
});

/** `true` stands for the default file; anything else that is no switch is a file. */
const sandboxFile = databasePath.transform((text) =>
  /^(?:1|true|yes|on)$/i.test(text) ? true : /^(?:0|false|no|off|)$/i.test(text) ? false : text,
);

interface Setting {
  /** Environment variable; absent for what is only a flag. */
  readonly env?: string;
  /** The flag as commander writes it; absent for what is never a flag. */
  readonly flag?: string;
  readonly commands: readonly ('serve' | 'sandbox')[];
  readonly schema: z.ZodType<unknown, z.ZodTypeDef, string>;
  /** For the tables: what holds when nothing is set. */
  readonly defaultText: string;
  readonly meaning: string;
}

/** Every setting, once: the flags, the environment, the help and the README's table all come from here. */
export const settings = {
  apiKey: {
    env: 'OPENCX_API_KEY',
    commands: ['serve'],
    schema: z.string(),
    defaultText: '',
    meaning:
      'API key, made in the OpenCX dashboard under Settings, Access. Never a flag: others could read it.',
  },
  apiKeyFile: {
    env: 'OPENCX_API_KEY_FILE',
    commands: ['serve'],
    schema: path,
    defaultText: '',
    meaning: 'File that holds the key, instead of OPENCX_API_KEY.',
  },
  apiUrl: {
    env: 'OPENCX_API_URL',
    commands: ['serve'],
    schema: apiUrl,
    defaultText: 'https://api.open.cx',
    meaning: 'Where requests go. https only, except for this machine.',
  },
  sandbox: {
    env: 'OPENCX_SANDBOX',
    flag: '--sandbox [file]',
    commands: ['serve'],
    schema: sandboxFile,
    defaultText: 'off',
    meaning:
      'Embed the sandbox and work on its demo data instead of the live API; the file keeps it (default: in the state folder).',
  },
  readOnly: {
    env: 'OPENCX_READ_ONLY',
    flag: '--read-only',
    commands: ['serve'],
    schema: onOff,
    defaultText: 'off',
    meaning: 'Offer only the tools that change nothing.',
  },
  tools: {
    env: 'OPENCX_TOOLS',
    flag: '--tools <names>',
    commands: ['serve'],
    schema: names.refine(({ length }) => length > 0, 'must name at least one tool'),
    defaultText: 'all',
    meaning: 'Offer only these tools (names, comma-separated).',
  },
  excludeTools: {
    env: 'OPENCX_EXCLUDE_TOOLS',
    flag: '--exclude-tools <names>',
    commands: ['serve'],
    schema: names,
    defaultText: 'none',
    meaning: 'Leave these tools out (names, comma-separated).',
  },
  allowVerified: {
    env: 'OPENCX_ALLOW_VERIFIED',
    flag: '--allow-verified',
    commands: ['serve'],
    schema: onOff,
    defaultText: 'off; on with --sandbox',
    meaning: 'Let create_session vouch for an identity with verified: true.',
  },
  confirmSends: {
    env: 'OPENCX_CONFIRM_SENDS',
    flag: '--confirm-sends',
    commands: ['serve'],
    schema: onOff,
    defaultText: 'off',
    meaning: 'Ask the person at the client before every message; a client that cannot ask sends nothing.',
  },
  auditLog: {
    env: 'OPENCX_AUDIT_LOG',
    flag: '--audit-log <file>',
    commands: ['serve'],
    schema: path,
    defaultText: 'none',
    meaning:
      'Append one JSON line for every write and every refusal (tool, session, hash of the text, outcome).',
  },
  stateDir: {
    env: 'OPENCX_STATE_DIR',
    commands: ['serve', 'sandbox'],
    schema: path,
    defaultText: '$XDG_STATE_HOME/opencx-sessions-mcp',
    meaning: 'Folder for what outlives a run: the record of sent messages and the sandbox file.',
  },
  callTimeoutMs: {
    env: 'OPENCX_CALL_TIMEOUT_MS',
    commands: ['serve'],
    schema: wholeNumber(100, 600_000),
    defaultText: '50000',
    meaning: 'Longest time of one tool call in milliseconds, all included. Many clients give up after 60 s.',
  },
  rateLimit: {
    env: 'OPENCX_RATE_LIMIT',
    commands: ['serve'],
    schema: wholeNumber(0, 1_000_000),
    defaultText: '100; 0 with --sandbox',
    meaning: 'Requests a minute that the server allows itself, all calls together; 0 = no limit.',
  },
  logLevel: {
    env: 'OPENCX_LOG_LEVEL',
    commands: ['serve', 'sandbox'],
    schema: z.enum(['silent', 'error', 'warn', 'info', 'debug']) as unknown as z.ZodType<
      string,
      z.ZodTypeDef,
      string
    >,
    defaultText: 'warn',
    meaning: 'What is logged to stderr: silent, error, warn, info or debug.',
  },
  sandboxKey: {
    env: 'OPENCX_SANDBOX_KEY',
    commands: ['sandbox'],
    schema: z.string().regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 printable characters without spaces'),
    defaultText: 'minted at each start',
    meaning:
      'Key that the sandbox accepts. Keys of earlier starts stay valid on the same file, because several processes may share it.',
  },
  sandboxRateLimit: {
    env: 'OPENCX_SANDBOX_RATE_LIMIT',
    commands: ['serve', 'sandbox'],
    schema: wholeNumber(0, 1_000_000),
    defaultText: '100 alone, 0 embedded',
    meaning: 'Requests a minute and key that the sandbox takes; 0 = no limit.',
  },
  port: {
    flag: '--port <number>',
    commands: ['sandbox'],
    schema: wholeNumber(0, 65_535),
    defaultText: '4010',
    meaning: 'Port that the sandbox listens on, on this machine only; 0 = a free one.',
  },
  database: {
    flag: '--database <file>',
    commands: ['sandbox'],
    schema: databasePath,
    defaultText: 'sandbox.db in the state folder',
    meaning: 'SQLite file of the sandbox, or :memory:.',
  },
} as const satisfies Record<string, Setting>;

function flagNames(): string[] {
  return Object.values<Setting>(settings).flatMap(({ flag }) => flag?.split(' ')[0] ?? []);
}

type Settings = typeof settings;
export type SettingName = keyof Settings;

/** The settings that were given, checked; what was not given is absent. */
export type Config = { [K in SettingName]?: z.output<Settings[K]['schema']> };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings: a flag wins over its variable. An empty variable and a literal `${...}`, which some clients
 * leave when they cannot fill it in, count as unset.
 * @param flags as the command-line parser gives them, by setting name; `true` for a bare switch.
 * @throws ConfigurationError that names the setting and what is accepted.
 */
export function readConfig(flags: Readonly<Record<string, unknown>>, env: Environment): Config {
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const flag = flags[name];
    const fromFlag = flag !== undefined;
    const text = fromFlag ? String(flag) : unlessUnset(setting.env && env[setting.env]);
    if (text === undefined) continue;
    const result = setting.schema.safeParse(text);
    if (!result.success) {
      const source = (fromFlag ? setting.flag?.split(' ')[0] : setting.env) ?? name;
      const message =
        name === 'logLevel' ? 'must be silent, error, warn, info or debug' : result.error.issues[0]?.message;
      throw new ConfigurationError(`${source}: ${message}.`);
    }
    config[name] = result.data;
  }
  return config as Config;
}

function unlessUnset(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' || /^\$\{.*\}$/.test(value.trim()) ? undefined : value;
}

/** One sentence for each `OPENCX_` variable that means nothing here, with the nearest that does. */
export function unknownVariables(env: Environment): string[] {
  const prefix = 'OPENCX_';
  const known = Object.values<Setting>(settings).flatMap(({ env }) => env?.slice(prefix.length) ?? []);
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name.slice(prefix.length)))
    .map((name) => {
      // What all of them begin with would make any two look alike.
      const close = nearest(name.slice(prefix.length), known);
      return `${name} is not a setting${close ? `; did you mean ${prefix}${close}?` : ' and is ignored.'}`;
    });
}

/** Where files go when OPENCX_STATE_DIR is not set: the XDG state folder, or its counterpart on Windows. */
export function stateDirectory(config: Config, env: Environment): string {
  if (config.stateDir !== undefined) return config.stateDir;
  const fallback =
    process.platform === 'win32' ? join(homedir(), 'AppData', 'Local') : join(homedir(), '.local', 'state');
  const base = env['XDG_STATE_HOME'] || (process.platform === 'win32' && env['LOCALAPPDATA']) || fallback;
  return join(base, 'opencx-sessions-mcp');
}
