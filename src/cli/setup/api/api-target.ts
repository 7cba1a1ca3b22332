import { defaultBaseUrl } from '../../../client/defaults.ts';
import type { ProxySettings } from '../../../client/http/connection-pools.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { ConfigurationError } from '../../settings/configuration-error.ts';
import type { Environment } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Logger } from '../logger.ts';
import { readApiKey } from './api-key.ts';
import type { ProxyChoice } from './proxy.ts';
import { automationOf, defaultDatabase, sandboxAccount, startSandbox } from './start-sandbox.ts';

type ApiSettings = Settings<'serve'> | Settings<'inbox'>;

/** The API that the tools work on: the live one, or the embedded sandbox. */
export interface ApiTarget {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Identifies the owner of messages in the send log. */
  readonly account: string;
  readonly proxy: ProxySettings;
  /** Why nothing may be sent, if so: the configured key or proxy cannot be used, or TLS would not protect the key. */
  readonly problem?: string;
  /** The sandbox, if it is embedded. */
  readonly sandbox?: Sandbox;
  close(): Promise<void>;
}

/** What nothing works without. */
const noKey = 'No API key is set. Run init, which asks for one, set OPENCX_API_KEY, or try --sandbox.';

/**
 * Refuses to begin where nothing would work, for commands that a person starts in a shell. A client of the server gets
 * the reason with its calls instead.
 * @throws ConfigurationError without a key, or with one that must not be used.
 */
export async function requireUsableKey(settings: ApiSettings, env: Environment): Promise<void> {
  if (settings.sandbox) return;
  const { key, problem: keyProblem } = await readApiKey(settings);
  const { problem } = await liveTarget(settings.apiUrl ?? defaultBaseUrl, key, env);
  const unusable = keyProblem ?? problem ?? (key ? undefined : noKey);
  if (unusable !== undefined) throw new ConfigurationError(unusable);
}

/**
 * Resolves the settings to an API. Starts the embedded sandbox if requested; sends no requests.
 * @throws ConfigurationError when the settings cannot be used.
 */
export async function openApiTarget(
  settings: ApiSettings,
  env: Environment,
  log: Logger,
): Promise<ApiTarget> {
  return settings.sandbox ? embeddedSandbox(settings, env, log) : liveApi(settings, env, log);
}

async function liveApi(settings: ApiSettings, env: Environment, log: Logger): Promise<ApiTarget> {
  const { key: apiKey, problem: keyProblem, warnings } = await readApiKey(settings);
  const target = await liveTarget(settings.apiUrl ?? defaultBaseUrl, apiKey, env);
  const problem = keyProblem ?? target.problem;
  if (problem !== undefined) log.warn(`Every call will fail. ${problem}`);
  else if (!apiKey) log.warn(`Every call will fail. ${noKey}`);
  for (const { detail, fix } of warnings) log.warn(`OPENCX_API_KEY_FILE: ${detail}. ${fix}`);
  return { ...target, ...(problem !== undefined && { problem }) };
}

/** The API at an address, with a key. */
export async function liveTarget(
  baseUrl: string,
  apiKey: string | undefined,
  env: Environment,
): Promise<ApiTarget> {
  // Loaded on demand: few starts need it.
  const hasProxy = Boolean(env['HTTPS_PROXY'] || env['https_proxy']);
  const proxy: ProxyChoice = hasProxy
    ? (await import('./proxy.ts')).proxyFor(baseUrl, env)
    : { settings: {} };
  const problem = tlsProblem(baseUrl, env) ?? proxy.problem;
  return {
    baseUrl,
    apiKey,
    account: `${normalAddress(baseUrl)} ${apiKey}`,
    proxy: proxy.settings,
    ...(problem !== undefined && { problem }),
    close: async () => {},
  };
}

/** Without verification of certificates, any server in between could read the key. Node has no other switch for it. */
export function tlsProblem(baseUrl: string, env: Environment): string | undefined {
  if (new URL(baseUrl).protocol === 'http:' || env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return undefined;
  return 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the verification of certificates, so the key is not sent. Unset it. To trust a private authority, set NODE_EXTRA_CA_CERTS to the file of its certificate.';
}

/** The same address however it is spelled: `HTTP://`, `127.1`, the default port, slashes and a dot at the end. */
function normalAddress(baseUrl: string): string {
  const url = new URL(baseUrl);
  url.hostname = url.hostname.replace(/\.$/, '');
  return url.href.replace(/(?<!\/)\/+$/, '');
}

/** Starts the sandbox on a free loopback port, so that requests take the same HTTP path as with the live API. */
async function embeddedSandbox(settings: ApiSettings, env: Environment, log: Logger): Promise<ApiTarget> {
  if (settings.apiUrl !== undefined) {
    throw new ConfigurationError(
      '--sandbox and OPENCX_API_URL cannot be used together: leave one of them out.',
    );
  }
  if (settings.apiKey !== undefined || settings.apiKeyFile !== undefined) {
    log.warn('--sandbox is set: the configured API key is not used, and no request leaves this machine.');
  }
  const database = typeof settings.sandbox === 'string' ? settings.sandbox : defaultDatabase(settings, env);
  return sandboxTarget(database, settings, log);
}

/** A sandbox of this process on a database. */
export async function sandboxTarget(
  database: string,
  settings: Pick<Settings<'serve'>, 'sandboxRateLimit' | 'autopilot' | 'silence'>,
  log: Logger,
): Promise<ApiTarget> {
  const { sandbox, url } = await startSandbox(
    {
      database,
      rateLimit: settings.sandboxRateLimit,
      ...automationOf(settings),
      onError: (err) => log.error({ err }, 'sandbox error'),
    },
    { port: 0 },
  );
  const account = sandboxAccount(sandbox);
  return { baseUrl: url, apiKey: sandbox.key, account, proxy: {}, sandbox, close: () => sandbox.close() };
}
