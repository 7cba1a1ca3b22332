import { readFile } from 'node:fs/promises';
import { createClient } from '../client/client.ts';
import { selectTools, UnknownToolNameError } from '../server/selection.ts';
import { createServer } from '../server/server.ts';
import { serveStdio } from '../server/stdio.ts';
import { tools } from '../tools/index.ts';
import { type Config, ConfigurationError, type Environment, unknownVariables } from './config.ts';
import { createLog } from './log.ts';
import { defaultDatabase, startSandbox } from './open-sandbox.ts';

/** What the tools work on: an address, a key, and what is to be closed at the end. */
interface Upstream {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  close(): Promise<void>;
}

/**
 * Speaks MCP on stdio until the client goes away or a signal comes.
 * @throws ConfigurationError when the settings cannot be used; nothing was started then.
 */
export async function serve(config: Config, env: Environment, version: string): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of unknownVariables(env)) log.warn(warning);
  const selected = selection(config);
  const upstream = config.sandbox ? await embeddedSandbox(config, env, log) : await liveApi(config);
  const client = createClient({
    apiKey: upstream.apiKey,
    baseUrl: upstream.baseUrl,
    timeoutMs: config.callTimeoutMs ?? 50_000,
    userAgent: `opencx-sessions-mcp/${version}`,
    proxy: config.sandbox ? {} : proxyFrom(env),
  });
  const server = createServer({
    version,
    tools: selected,
    client,
    allowVerified: config.allowVerified ?? Boolean(config.sandbox),
    callTimeoutMs: config.callTimeoutMs ?? 50_000,
    log,
  });
  await serveStdio(server, async () => {
    await client.close();
    await upstream.close();
  });
}

function selection(config: Config) {
  try {
    return selectTools(tools, {
      readOnly: config.readOnly,
      only: config.tools,
      exclude: config.excludeTools,
    });
  } catch (error) {
    if (error instanceof UnknownToolNameError) throw new ConfigurationError(error.message);
    throw error;
  }
}

async function liveApi(config: Config): Promise<Upstream> {
  return {
    baseUrl: config.apiUrl ?? 'https://api.open.cx',
    apiKey: config.apiKey?.trim() ?? (await keyFromFile(config.apiKeyFile)),
    close: async () => {},
  };
}

async function keyFromFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new ConfigurationError(
      `OPENCX_API_KEY_FILE: the file cannot be read (${(error as Error).message}).`,
    );
  }
}

/** The sandbox on a free loopback port of this process: the same HTTP path as the live API. */
async function embeddedSandbox(
  config: Config,
  env: Environment,
  log: { warn(message: string): void },
): Promise<Upstream> {
  if (config.apiUrl !== undefined) {
    throw new ConfigurationError('--sandbox and OPENCX_API_URL exclude each other: unset one of them.');
  }
  if (config.apiKey !== undefined || config.apiKeyFile !== undefined) {
    log.warn('--sandbox is on: the configured API key is not used, and no request leaves this machine.');
  }
  const database = typeof config.sandbox === 'string' ? config.sandbox : defaultDatabase(config, env);
  const { sandbox, url } = await startSandbox({ database, rateLimit: config.sandboxRateLimit ?? 0 }, 0);
  return { baseUrl: url, apiKey: sandbox.key, close: () => sandbox.close() };
}

function proxyFrom(env: Environment) {
  return {
    httpProxy: env['HTTP_PROXY'] ?? env['http_proxy'],
    httpsProxy: env['HTTPS_PROXY'] ?? env['https_proxy'],
    noProxy: env['NO_PROXY'] ?? env['no_proxy'],
  };
}
