import { homedir } from 'node:os';
import { baseUrlProblem } from '../../client/base-url.ts';
import { defaultBaseUrl, defaultTimeoutMs } from '../../client/defaults.ts';
import { requestsPerMinute } from '../../contract/rate-limit.ts';
import { z } from '../../contract/zod.ts';

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

const numberOrOff = (max: number) => {
  const accepted = `must be a whole number from 0 to ${max}, or off`;
  return z
    .string()
    .regex(/^(?:\d+|off)$/i, accepted)
    .transform((text) => (/^off$/i.test(text) ? ('off' as const) : Number(text)))
    .refine((value) => value === 'off' || value <= max, accepted);
};

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

/** A command that reads settings. */
export type CommandName = 'serve' | 'sandbox';

export interface Setting {
  /** Environment variable; absent for what is only a flag. */
  readonly env?: string;
  /** The flag as commander writes it; absent for what is never a flag. */
  readonly flag?: string;
  readonly commands: readonly CommandName[];
  readonly schema: z.ZodType<unknown, z.ZodTypeDef, string>;
  /** What holds when nothing is set. */
  readonly default?: unknown;
  /** What holds instead where the server embeds the sandbox. */
  readonly withSandbox?: unknown;
  /** For people, where the value that holds when nothing is set is not a constant. */
  readonly defaultText?: string;
  readonly meaning: string;
}

/** Every setting, once: the flags, the environment, the help and the README's table all come from here. */
export const settings = {
  apiKey: {
    env: 'OPENCX_API_KEY',
    commands: ['serve'],
    schema: z.string(),
    meaning:
      'API key, made in the OpenCX dashboard under Settings, Access. Never a flag: others could read it.',
  },
  apiKeyFile: {
    env: 'OPENCX_API_KEY_FILE',
    commands: ['serve'],
    schema: path,
    meaning: 'File that holds the key, instead of OPENCX_API_KEY.',
  },
  apiUrl: {
    env: 'OPENCX_API_URL',
    commands: ['serve'],
    schema: apiUrl,
    // No default value: that it was given is what excludes --sandbox.
    defaultText: defaultBaseUrl,
    meaning: 'Where requests go. https only, except for this machine.',
  },
  sandbox: {
    env: 'OPENCX_SANDBOX',
    flag: '--sandbox [file]',
    commands: ['serve'],
    schema: sandboxFile,
    default: false,
    meaning:
      'Embed the sandbox and work on its demo data instead of the live API; the file keeps it (default: in the state folder).',
  },
  readOnly: {
    env: 'OPENCX_READ_ONLY',
    flag: '--read-only',
    commands: ['serve'],
    schema: onOff,
    default: false,
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
    default: [],
    meaning: 'Leave these tools out (names, comma-separated).',
  },
  allowVerified: {
    env: 'OPENCX_ALLOW_VERIFIED',
    flag: '--allow-verified',
    commands: ['serve'],
    schema: onOff,
    default: false,
    withSandbox: true,
    meaning: 'Let create_session vouch for an identity with verified: true.',
  },
  confirmSends: {
    env: 'OPENCX_CONFIRM_SENDS',
    flag: '--confirm-sends',
    commands: ['serve'],
    schema: onOff,
    default: false,
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
    defaultText: 'opencx-sessions-mcp in $XDG_STATE_HOME, ~/.local/state or %LOCALAPPDATA%',
    meaning: 'Folder of the record of sent messages and of the sandbox file.',
  },
  callTimeoutMs: {
    env: 'OPENCX_CALL_TIMEOUT_MS',
    commands: ['serve'],
    schema: wholeNumber(100, 600_000),
    default: defaultTimeoutMs,
    meaning: 'Longest time of one tool call in milliseconds, all included. Many clients give up after 60 s.',
  },
  rateLimit: {
    env: 'OPENCX_RATE_LIMIT',
    commands: ['serve'],
    schema: wholeNumber(0, 1_000_000),
    default: requestsPerMinute,
    withSandbox: 0,
    meaning: 'Requests a minute that the server allows itself, all calls together; 0 = no limit.',
  },
  logLevel: {
    env: 'OPENCX_LOG_LEVEL',
    commands: ['serve', 'sandbox'],
    schema: z
      .string()
      .regex(/^(?:silent|error|warn|info|debug)$/, 'must be silent, error, warn, info or debug'),
    default: 'warn',
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
    default: requestsPerMinute,
    withSandbox: 0,
    meaning: 'Requests a minute and key that the sandbox takes; 0 = no limit.',
  },
  autopilot: {
    env: 'OPENCX_SANDBOX_AUTOPILOT_MS',
    commands: ['serve', 'sandbox'],
    schema: numberOrOff(600_000),
    default: 800,
    meaning: 'Milliseconds until the AI answers; off = never.',
  },
  silence: {
    env: 'OPENCX_SANDBOX_SILENCE_MINUTES',
    commands: ['serve', 'sandbox'],
    schema: wholeNumber(0, 1_000_000),
    default: 60,
    meaning: 'Minutes of silence until the AI closes; 0 = never.',
  },
  faults: {
    flag: '--faults',
    commands: ['sandbox'],
    schema: onOff,
    default: false,
    meaning:
      'Offer POST /_sandbox/faults, which makes the next requests slow, fail, break off or meet a limit.',
  },
  port: {
    flag: '--port <number>',
    commands: ['sandbox'],
    schema: wholeNumber(0, 65_535),
    default: 4010,
    meaning: 'Port that the sandbox listens on; 0 = a free one.',
  },
  host: {
    flag: '--host <address>',
    commands: ['sandbox'],
    schema: z.string(),
    default: '127.0.0.1',
    meaning: 'Address that it listens on: this machine only, or 0.0.0.0 for all, as in a container.',
  },
  seed: {
    flag: '--seed <sessions>',
    commands: ['sandbox'],
    schema: wholeNumber(0, 1_000_000),
    defaultText: 'the 67 written by hand',
    meaning: 'Sessions of demo data in a new database: the first of the written ones, then made-up ones.',
  },
  database: {
    env: 'OPENCX_SANDBOX_DATABASE',
    flag: '--database <file>',
    commands: ['sandbox'],
    schema: databasePath,
    defaultText: 'sandbox.db in the state folder',
    meaning:
      'SQLite file of the sandbox, :memory:, or postgres://... for a server that several sandboxes share.',
  },
} as const satisfies Record<string, Setting>;

type Settings = typeof settings;
export type SettingName = keyof Settings;

type SettingOf<C extends CommandName> = {
  [K in SettingName]: C extends Settings[K]['commands'][number] ? K : never;
}[SettingName];
type WithDefault = {
  [K in SettingName]: Settings[K] extends { default: unknown } ? K : never;
}[SettingName];
type Value<K extends SettingName> = z.output<Settings[K]['schema']>;

/** The settings of a command, checked. What was not given is its default, or absent where there is none. */
export type Config<C extends CommandName> = { [K in SettingOf<C> & WithDefault]: Value<K> } & {
  [K in Exclude<SettingOf<C>, WithDefault>]?: Value<K>;
};

/** What holds when a setting is not given, in words; empty where nothing does. */
export function defaultOf(setting: Setting): string {
  if (setting.defaultText !== undefined) return setting.defaultText;
  if (setting.default === undefined) return '';
  const embedded =
    setting.withSandbox === undefined ? '' : `; ${inWords(setting.withSandbox)} with --sandbox`;
  return inWords(setting.default) + embedded;
}

function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return String(value);
}

function flagNames(): string[] {
  return Object.values<Setting>(settings).flatMap(({ flag }) => flag?.split(' ')[0] ?? []);
}
