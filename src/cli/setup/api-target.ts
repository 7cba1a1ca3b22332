import { readFile } from 'node:fs/promises';
import { defaultBaseUrl } from '../../client/defaults.ts';
import type { ProxySettings } from '../../client/http/connection-pools.ts';
import { ConfigurationError, type Environment } from '../settings/read-settings.ts';
import type { Config } from '../settings/settings.ts';
import type { Log } from './logger.ts';
import { automationOf, defaultDatabase, startSandbox } from './start-sandbox.ts';

/** What the tools work on: an address, a key, and what is to be closed at the end. */
export interface Upstream {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Tells apart, in the record of sent messages, whose messages they are. */
  readonly account: string;
  readonly proxy: ProxySettings;
  close(): Promise<void>;
}

/**
 * Finds what the settings point at; starts the embedded sandbox where they ask for it, and sends nothing.
 * @throws ConfigurationError when the settings cannot be used.
 */
export async function openUpstream(config: Config<'serve'>, env: Environment, log: Log): Promise<Upstream> {
  return config.sandbox ? embeddedSandbox(config, env, log) : liveApi(config, env, log);
}

async function liveApi(config: Config<'serve'>, env: Environment, log: Log): Promise<Upstream> {
  const baseUrl = config.apiUrl ?? defaultBaseUrl;
  const apiKey = await readKey(config);
  if (!apiKey)
    log.warn('No API key is configured: set OPENCX_API_KEY, or try --sandbox. Every call will say so.');
  return { baseUrl, apiKey, account: `${baseUrl} ${apiKey}`, proxy: proxyFrom(env), close: async () => {} };
}

/**
 * The key from its variable or its file; undefined where neither is set.
 * @throws ConfigurationError when the file cannot be read, or for a key that no header can carry.
 */
export async function readKey(
  config: Pick<Config<'serve'>, 'apiKey' | 'apiKeyFile'>,
): Promise<string | undefined> {
  const apiKey = config.apiKey?.trim() ?? (await keyFromFile(config.apiKeyFile));
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ConfigurationError(
      'The API key holds white space or characters that no HTTP header can carry: copy it anew, and nothing else.',
    );
  }
  return apiKey;
}

async function keyFromFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  // What was set is not repeated: by a slip it is the key itself.
  const key = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(
      error.code === 'ENOENT'
        ? 'OPENCX_API_KEY_FILE: there is no such file. It names a file that holds the key, and nothing else.'
        : `OPENCX_API_KEY_FILE: the file cannot be read (${error.code}).`,
    );
  });
  if (key.trim() === '') throw new ConfigurationError('OPENCX_API_KEY_FILE: the file is empty.');
  return key.trim();
}

/** The sandbox on a free loopback port of this process: the same HTTP path as the live API. */
async function embeddedSandbox(config: Config<'serve'>, env: Environment, log: Log): Promise<Upstream> {
  if (config.apiUrl !== undefined) {
    throw new ConfigurationError('--sandbox and OPENCX_API_URL exclude each other: unset one of them.');
  }
  if (config.apiKey !== undefined || config.apiKeyFile !== undefined) {
    log.warn('--sandbox is on: the configured API key is not used, and no request leaves this machine.');
  }
  const database = typeof config.sandbox === 'string' ? config.sandbox : defaultDatabase(config, env);
  const { sandbox, url } = await startSandbox(
    {
      database,
      rateLimit: config.sandboxRateLimit,
      ...automationOf(config),
      onError: (err) => log.error({ err }, 'fault of the sandbox'),
    },
    { port: 0 },
  );
  // Its port and key change with every start; its data, and so its messages, stay those of the file.
  const account = database === ':memory:' ? `sandbox ${sandbox.key}` : `sandbox ${sandbox.location}`;
  return { baseUrl: url, apiKey: sandbox.key, account, proxy: {}, close: () => sandbox.close() };
}

/**
 * The usual variables.
 * @throws ConfigurationError for what is no proxy address: it is named here, not met as a fault of the first request.
 */
function proxyFrom(env: Environment): ProxySettings {
  const httpsProxy = env['HTTPS_PROXY'] || env['https_proxy'] || undefined;
  if (httpsProxy !== undefined && !(/^https?:\/\//i.test(httpsProxy) && URL.canParse(httpsProxy))) {
    // The value may hold a password: it is not repeated.
    throw new ConfigurationError(
      "HTTPS_PROXY: must be a proxy's address such as http://proxy.example.com:8080.",
    );
  }
  return { httpsProxy, noProxy: env['NO_PROXY'] ?? env['no_proxy'] };
}
