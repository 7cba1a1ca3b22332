import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { createClient } from '../client/client.ts';
import { type Audit, openAudit } from '../ledger/audit.ts';
import { openLedger } from '../ledger/ledger.ts';
import { SelectionError, selectTools } from '../server/selection.ts';
import { createServer } from '../server/server.ts';
import { serveStdio } from '../server/stdio.ts';
import { tools } from '../tools/index.ts';
import {
  type Config,
  ConfigurationError,
  type Environment,
  stateDirectory,
  unknownVariables,
} from './config.ts';
import { createLog } from './log.ts';
import { defaultDatabase, startSandbox } from './open-sandbox.ts';

/** What the tools work on: an address, a key, and what is to be closed at the end. */
interface Upstream {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Tells apart, in the record of sent messages, whose messages they are. */
  readonly account: string;
  close(): Promise<void>;
}

const defaultTimeoutMs = 50_000;

/** Requests a minute, as the documents state it. */
const documentedRateLimit = 100;

/**
 * Speaks MCP on stdio until the client goes away or a signal comes.
 * @throws ConfigurationError when the settings cannot be used; nothing was started then.
 */
export async function serve(config: Config, env: Environment, version: string): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of unknownVariables(env)) log.warn(warning);
  const selected = selection(config);
  const audit = config.auditLog === undefined ? undefined : await openAuditLog(config.auditLog);
  const upstream = config.sandbox ? await embeddedSandbox(config, env, log) : await liveApi(config, log);
  const timeoutMs = config.callTimeoutMs ?? defaultTimeoutMs;
  const client = createClient({
    apiKey: upstream.apiKey,
    baseUrl: upstream.baseUrl,
    timeoutMs,
    requestsPerMinute: config.rateLimit ?? (config.sandbox ? 0 : documentedRateLimit),
    userAgent: `opencx-sessions-mcp/${version}`,
    proxy: config.sandbox ? {} : proxyFrom(env),
  });
  const ledgerFolder = join(stateDirectory(config, env), 'sends');
  const server = createServer({
    version,
    tools: selected,
    client,
    ledger: openLedger(ledgerFolder, upstream.account, (err) => log.error({ err }, 'outcome not recorded')),
    audit,
    allowVerified: config.allowVerified ?? Boolean(config.sandbox),
    confirmSends: config.confirmSends ?? false,
    callTimeoutMs: timeoutMs,
    log,
  });
  await serveStdio(server, log, async () => {
    await client.close();
    await upstream.close();
    await audit?.close();
  });
}

async function openAuditLog(file: string): Promise<Audit> {
  try {
    return await openAudit(file);
  } catch (error) {
    throw new ConfigurationError(`--audit-log: the file cannot be written (${(error as Error).message}).`);
  }
}

function selection(config: Config) {
  try {
    return selectTools(tools, {
      readOnly: config.readOnly,
      only: config.tools,
      exclude: config.excludeTools,
    });
  } catch (error) {
    if (error instanceof SelectionError) throw new ConfigurationError(error.message);
    throw error;
  }
}

async function liveApi(config: Config, log: { warn(message: string): void }): Promise<Upstream> {
  const baseUrl = config.apiUrl ?? 'https://api.open.cx';
  const apiKey = config.apiKey?.trim() ?? (await keyFromFile(config.apiKeyFile));
  if (!apiKey)
    log.warn('No API key is configured: set OPENCX_API_KEY, or try --sandbox. Every call will say so.');
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ConfigurationError(
      'The API key holds white space or characters that no HTTP header can carry.',
    );
  }
  return { baseUrl, apiKey, account: `${baseUrl} ${apiKey}`, close: async () => {} };
}

async function keyFromFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const key = (await readFile(file, 'utf8')).trim();
    if (key === '') throw new Error('it is empty');
    return key;
  } catch (error) {
    throw new ConfigurationError(
      `OPENCX_API_KEY_FILE: the file cannot be read (${(error as Error).message}).`,
    );
  }
}

/** The sandbox on a free loopback port of this process: the same HTTP path as the live API. */
async function embeddedSandbox(config: Config, env: Environment, log: Logger): Promise<Upstream> {
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
      rateLimit: config.sandboxRateLimit ?? 0,
      onFault: (err) => log.error({ err }, 'fault of the sandbox'),
    },
    0,
  );
  // Its port and key change with every start; its data, and so its messages, stay those of the file.
  const account = database === ':memory:' ? `sandbox ${sandbox.key}` : `sandbox ${resolve(database)}`;
  return { baseUrl: url, apiKey: sandbox.key, account, close: () => sandbox.close() };
}

/** The usual variables. What is no proxy address is named here, not met as a fault of the first request. */
function proxyFrom(env: Environment) {
  const read = (name: string) => {
    const value = env[name] ?? env[name.toLowerCase()];
    if (value === undefined || value === '') return undefined;
    if (/^https?:\/\//i.test(value) && URL.canParse(value)) return value;
    // The value may hold a password: it is not repeated.
    throw new ConfigurationError(`${name}: must be a proxy's address such as http://proxy.example.com:8080.`);
  };
  return {
    httpProxy: read('HTTP_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    noProxy: env['NO_PROXY'] ?? env['no_proxy'],
  };
}
