import { defaultBaseUrl, defaultTimeoutMs } from '../../client/defaults.ts';
import { requestsPerMinute } from '../../contract/rate-limit.ts';
import { z } from '../../contract/zod.ts';
import { personalDataKinds } from '../../text/personal-data/kinds.ts';
import type { CommandName, Setting } from './setting.ts';
import * as value from './value-schemas.ts';

/** A text that is not the name of a flag without its dashes, which is almost always a typo. */
const notAFlag = z.string().superRefine((text, context) => {
  if (!flagNames().includes(`--${text}`)) return;
  const message = `"${text}" is a flag name; did you mean --${text}? To use a file with this name, write ./${text}`;
  context.addIssue({ code: z.ZodIssueCode.custom, message });
});

const databasePath = notAFlag.pipe(value.path);

/** All settings. Flags, environment variables, help texts and the table in docs/configuration.md are derived from this. */
export const settings = {
  apiKey: {
    env: 'OPENCX_API_KEY',
    commands: ['serve', 'inbox'],
    schema: z.string(),
    meaning:
      'API key, created in the OpenCX dashboard under Settings, Access. There is no flag for it: other users could see it.',
  },
  apiKeyFile: {
    env: 'OPENCX_API_KEY_FILE',
    commands: ['serve', 'inbox'],
    schema: value.anyPath,
    defaultText: '~/.opencx/api-key.txt, if it exists and OPENCX_API_URL is not set',
    meaning: 'File to read the API key from, instead of OPENCX_API_KEY.',
  },
  apiUrl: {
    env: 'OPENCX_API_URL',
    commands: ['serve', 'inbox'],
    schema: value.apiUrl,
    // No default value, because --sandbox conflicts with a given URL only.
    defaultText: defaultBaseUrl,
    meaning: 'Base URL of the API. Must be https, except on this machine.',
  },
  sandbox: {
    env: 'OPENCX_SANDBOX',
    flag: '--sandbox [file]',
    commands: ['serve', 'http', 'inbox'],
    schema: notAFlag.pipe(value.switchOrPath),
    default: false,
    meaning:
      'Use the embedded sandbox with demo data instead of the live API. The file keeps the data (default: in the state folder).',
  },
  readOnly: {
    env: 'OPENCX_READ_ONLY',
    flag: '--read-only',
    commands: ['serve'],
    schema: value.onOff,
    default: false,
    meaning: 'Offer only tools that do not change anything.',
  },
  tools: {
    env: 'OPENCX_TOOLS',
    flag: '--tools <names>',
    commands: ['serve'],
    schema: value.names.refine(({ length }) => length > 0, 'must name at least one tool'),
    defaultText: 'all',
    meaning: 'Offer only these tools (comma-separated names).',
  },
  excludeTools: {
    env: 'OPENCX_EXCLUDE_TOOLS',
    flag: '--exclude-tools <names>',
    commands: ['serve'],
    schema: value.names,
    default: [],
    meaning: 'Do not offer these tools (comma-separated names).',
  },
  allowVerified: {
    env: 'OPENCX_ALLOW_VERIFIED',
    flag: '--allow-verified',
    commands: ['serve', 'inbox'],
    schema: value.onOff,
    default: false,
    withSandbox: true,
    meaning:
      'Allow marking an identity as verified, creating sessions by contact_id, and changing verified contacts.',
  },
  confirmSends: {
    env: 'OPENCX_CONFIRM_SENDS',
    flag: '--confirm-sends [how]',
    commands: ['serve'],
    schema: value.approvalOfSends,
    default: 'none',
    meaning:
      'A person approves each message: ask, in the client, which must support it; or outbox, later (docs/outbox.md).',
  },
  outboxWebhook: {
    env: 'OPENCX_OUTBOX_WEBHOOK',
    commands: ['serve', 'http'],
    schema: value.webhookUrl,
    defaultText: 'none',
    meaning: 'URL that is told of each message that waits: number, channel and age.',
  },
  outboxSecret: {
    env: 'OPENCX_OUTBOX_SECRET',
    commands: ['serve', 'http'],
    schema: z.string().min(16, 'must have at least 16 characters'),
    defaultText: 'none',
    meaning: 'Signs what that URL is told, in the header X-Opencx-Signature.',
  },
  redact: {
    env: 'OPENCX_REDACT',
    flag: '--redact <kinds>',
    commands: ['serve'],
    schema: value.kindsOfData,
    default: [],
    meaning: `Replace personal data in answers where its shape shows it: a list of ${personalDataKinds.join(', ')}, or all (docs/team.md).`,
  },
  auditLog: {
    env: 'OPENCX_AUDIT_LOG',
    flag: '--audit-log <file>',
    commands: ['serve', 'http', 'inbox'],
    schema: value.path,
    defaultText: 'none',
    meaning:
      'Append a JSON line to this file for every write and every refusal (tool, session, hash of the text, outcome).',
  },
  stateDir: {
    env: 'OPENCX_STATE_DIR',
    commands: ['serve', 'sandbox', 'http', 'inbox'],
    schema: value.path,
    defaultText: 'opencx-sessions-mcp in $XDG_STATE_HOME, ~/.local/state or %LOCALAPPDATA%',
    meaning: 'Folder for the send log, the outbox and the sandbox file.',
  },
  databaseUrl: {
    env: 'OPENCX_DATABASE_URL',
    commands: ['serve', 'http', 'inbox'],
    schema: value.serviceUrl('postgres://user:password@host:5432/database', 'postgres:', 'postgresql:'),
    defaultText: 'none; files in the state folder',
    meaning: 'PostgreSQL for the send log, approvals, outbox and audit log, which several servers can share.',
  },
  redisUrl: {
    env: 'OPENCX_REDIS_URL',
    commands: ['serve', 'http', 'inbox'],
    schema: value.serviceUrl('redis://user:password@host:6379', 'redis:', 'rediss:'),
    defaultText: 'none',
    meaning:
      'Redis for the rate budget of each API key and what people have read, which several servers can share.',
  },
  callTimeoutMs: {
    env: 'OPENCX_CALL_TIMEOUT_MS',
    commands: ['serve', 'http', 'inbox'],
    schema: value.wholeNumber(100, 600_000),
    default: defaultTimeoutMs,
    meaning:
      'Time limit for a tool call in milliseconds, including retries. Many clients give up after 60 s.',
  },
  rateLimit: {
    env: 'OPENCX_RATE_LIMIT',
    commands: ['serve', 'http', 'inbox'],
    schema: value.wholeNumber(0, 1_000_000),
    default: requestsPerMinute,
    withSandbox: 0,
    meaning: 'Maximum requests per minute to the API, across all calls; 0 = no limit.',
  },
  logLevel: {
    env: 'OPENCX_LOG_LEVEL',
    commands: ['serve', 'sandbox', 'http', 'inbox'],
    schema: z
      .string()
      .regex(/^(?:silent|error|warn|info|debug)$/i, 'must be silent, error, warn, info or debug')
      .transform((level) => level.toLowerCase()),
    default: 'warn',
    meaning: 'Log level on stderr: silent, error, warn, info or debug.',
  },
  sandboxKey: {
    env: 'OPENCX_SANDBOX_KEY',
    commands: ['sandbox'],
    schema: z.string().regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 printable characters without spaces'),
    defaultText: 'generated at each start',
    meaning: 'API key that the sandbox accepts. Keys from earlier starts stay valid for the same database.',
  },
  sandboxRateLimit: {
    env: 'OPENCX_SANDBOX_RATE_LIMIT',
    commands: ['serve', 'sandbox', 'http', 'inbox'],
    schema: value.wholeNumber(0, 1_000_000),
    default: requestsPerMinute,
    withSandbox: 0,
    meaning: 'Maximum requests per minute and key in the sandbox; 0 = no limit.',
  },
  autopilot: {
    env: 'OPENCX_SANDBOX_AUTOPILOT_MS',
    commands: ['serve', 'sandbox', 'http', 'inbox'],
    schema: value.numberOrOff(600_000),
    default: 800,
    meaning: 'Delay of AI replies in ms; off = no automation.',
  },
  silence: {
    env: 'OPENCX_SANDBOX_SILENCE_MINUTES',
    commands: ['serve', 'sandbox', 'http', 'inbox'],
    schema: value.wholeNumber(0, 1_000_000),
    default: 60,
    meaning: 'Idle minutes until a session closes; 0 = never.',
  },
  faults: {
    flag: '--faults',
    commands: ['sandbox'],
    schema: value.onOff,
    default: false,
    meaning:
      'Enable POST /_sandbox/faults, which makes the next requests slow, or makes them fail, be reset or hit the rate limit, and POST /_sandbox/reset.',
  },
  json: {
    flag: '--json',
    commands: ['sandbox'],
    schema: value.onOff,
    default: false,
    meaning: 'Print the address, key and database as one line of JSON, for programs.',
  },
  team: {
    env: 'OPENCX_TEAM',
    flag: '--team <file>',
    commands: ['http'],
    schema: value.path,
    defaultText: 'required without --sandbox',
    meaning: 'Team file: workspaces, roles and tokens (docs/team.md). Read again on SIGHUP.',
  },
  publicUrl: {
    env: 'OPENCX_PUBLIC_URL',
    flag: '--public-url <url>',
    commands: ['http'],
    schema: value.publicUrl,
    defaultText: 'none',
    meaning: 'Address that clients use, if it is not the one listened on, such as https://mcp.example.com.',
  },
  token: {
    env: 'OPENCX_TOKEN',
    commands: ['doctor'],
    schema: z.string(),
    meaning:
      'Token for a team server, to check it with `doctor --url`, and to write it with `init --url --with-token`.',
  },
  tokenFile: {
    env: 'OPENCX_TOKEN_FILE',
    commands: ['doctor'],
    schema: value.anyPath,
    meaning: 'File to read the token from, instead of OPENCX_TOKEN.',
  },
  port: {
    flag: '--port <number>',
    commands: ['sandbox', 'http', 'inbox'],
    schema: value.wholeNumber(0, 65_535),
    default: 4010,
    defaultFor: { http: 8080, inbox: 4020 },
    meaning: 'Port to listen on; 0 = any free port.',
  },
  open: {
    flag: '--no-open',
    commands: ['inbox'],
    schema: value.onOff,
    default: true,
    // The flag is not given: its name says the opposite of the setting.
    defaultText: 'off',
    meaning: 'Do not open the page in the browser; only print its address.',
  },
  host: {
    flag: '--host <address>',
    commands: ['sandbox', 'http'],
    schema: value.listenAddress,
    default: '127.0.0.1',
    meaning: 'Address to listen on; 0.0.0.0 = all network interfaces, for example in a container.',
  },
  metricsPort: {
    env: 'OPENCX_METRICS_PORT',
    flag: '--metrics-port <number>',
    commands: ['http'],
    schema: value.wholeNumber(0, 65_535),
    defaultText: 'none',
    meaning:
      'Port for metrics in the format of Prometheus, at /metrics of the same address; 0 = any free port.',
  },
  seed: {
    flag: '--seed <sessions>',
    commands: ['sandbox'],
    schema: value.wholeNumber(0, 1_000_000),
    defaultText: 'the 67 handwritten ones',
    meaning: 'Number of demo sessions in a new database: first the handwritten ones, then generated ones.',
  },
  database: {
    env: 'OPENCX_SANDBOX_DATABASE',
    flag: '--database <file>',
    commands: ['sandbox'],
    schema: databasePath,
    defaultText: 'sandbox.db in the state folder',
    meaning: 'SQLite file, :memory:, or a postgres:// URL, which several sandboxes can share.',
  },
} as const satisfies Record<string, Setting>;

type Definitions = typeof settings;
export type SettingName = keyof Definitions;

type SettingOf<C extends CommandName> = {
  [K in SettingName]: C extends Definitions[K]['commands'][number] ? K : never;
}[SettingName];
type WithDefault = {
  [K in SettingName]: Definitions[K] extends { default: unknown } ? K : never;
}[SettingName];
type Value<K extends SettingName> = z.output<Definitions[K]['schema']>;

/** The validated settings of a command. Settings without a default are absent unless given. */
export type Settings<C extends CommandName> = { [K in SettingOf<C> & WithDefault]: Value<K> } & {
  [K in Exclude<SettingOf<C>, WithDefault>]?: Value<K>;
};

function flagNames(): string[] {
  return Object.values<Setting>(settings).flatMap(({ flag }) => flag?.split(' ')[0] ?? []);
}
