import { defaultBaseUrl } from '../../client/defaults.ts';
import type { ProxySettings } from '../../client/http/connection-pools.ts';
import { ConfigurationError, type Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { readApiKey } from './api-key.ts';
import type { Logger } from './logger.ts';
import { automationOf, defaultDatabase, startSandbox } from './start-sandbox.ts';

/** The API that the tools work on: the live one, or the embedded sandbox. */
export interface ApiTarget {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Identifies the owner of messages in the send log. */
  readonly account: string;
  readonly proxy: ProxySettings;
  close(): Promise<void>;
}

/**
 * Resolves the settings to an API. Starts the embedded sandbox if requested; sends no requests.
 * @throws ConfigurationError when the settings cannot be used.
 */
export async function openApiTarget(
  settings: Settings<'serve'>,
  env: Environment,
  log: Logger,
): Promise<ApiTarget> {
  return settings.sandbox ? embeddedSandbox(settings, env, log) : liveApi(settings, env, log);
}

async function liveApi(settings: Settings<'serve'>, env: Environment, log: Logger): Promise<ApiTarget> {
  const baseUrl = settings.apiUrl ?? defaultBaseUrl;
  const apiKey = await readApiKey(settings);
  if (!apiKey) log.warn('No API key is set, so every call will fail. Set OPENCX_API_KEY, or try --sandbox.');
  return { baseUrl, apiKey, account: `${baseUrl} ${apiKey}`, proxy: proxyFrom(env), close: async () => {} };
}

/** Starts the sandbox on a free loopback port, so that requests take the same HTTP path as with the live API. */
async function embeddedSandbox(
  settings: Settings<'serve'>,
  env: Environment,
  log: Logger,
): Promise<ApiTarget> {
  if (settings.apiUrl !== undefined) {
    throw new ConfigurationError('--sandbox and OPENCX_API_URL cannot be used together: unset one of them.');
  }
  if (settings.apiKey !== undefined || settings.apiKeyFile !== undefined) {
    log.warn('--sandbox is set: the configured API key is not used, and no request leaves this machine.');
  }
  const database = typeof settings.sandbox === 'string' ? settings.sandbox : defaultDatabase(settings, env);
  const { sandbox, url } = await startSandbox(
    {
      database,
      rateLimit: settings.sandboxRateLimit,
      ...automationOf(settings),
      onError: (err) => log.error({ err }, 'sandbox error'),
    },
    { port: 0 },
  );
  // Port and key change with every start, but the data, and so the messages, belong to the database.
  const account = database === ':memory:' ? `sandbox ${sandbox.key}` : `sandbox ${sandbox.location}`;
  return { baseUrl: url, apiKey: sandbox.key, account, proxy: {}, close: () => sandbox.close() };
}

/** @throws ConfigurationError for an invalid proxy URL, which would otherwise fail the first request. */
function proxyFrom(env: Environment): ProxySettings {
  const httpsProxy = env['HTTPS_PROXY'] || env['https_proxy'] || undefined;
  if (httpsProxy !== undefined && !(/^https?:\/\//i.test(httpsProxy) && URL.canParse(httpsProxy))) {
    // The message does not repeat the value: it may contain a password.
    throw new ConfigurationError('HTTPS_PROXY: must be a URL such as http://proxy.example.com:8080.');
  }
  return { httpsProxy, noProxy: env['NO_PROXY'] ?? env['no_proxy'] };
}
