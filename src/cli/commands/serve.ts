import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { inspect } from 'node:util';
import { createClient } from '../../client/client.ts';
import { redact } from '../../client/http/redact.ts';
import { createServer } from '../../mcp/server.ts';
import { serveStdio } from '../../mcp/stdio/serve-stdio.ts';
import { SelectionError, selectTools } from '../../pipeline/tool-selection.ts';
import type { Audit } from '../../state/files/audit.ts';
import type { Ledger } from '../../state/files/send-log.ts';
import { tools } from '../../tools/index.ts';
import {
  ConfigurationError,
  type Environment,
  environmentWarnings,
  stateDirectory,
} from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openApiTarget } from '../setup/api-target.ts';
import { createLogger } from '../setup/logger.ts';

/**
 * Speaks MCP on stdio until the client goes away or a signal comes.
 * @throws ConfigurationError when the settings cannot be used; nothing was started then.
 */
export async function serve(config: Settings<'serve'>, env: Environment, version: string): Promise<void> {
  const secrets: string[] = [];
  const log = createLogger(config.logLevel, secrets);
  maskCrashes(secrets);
  if (isatty(0)) process.stderr.write(atTerminal);
  for (const warning of environmentWarnings(env)) log.warn(warning);
  const selected = selection(config);
  const audit = config.auditLog === undefined ? undefined : await openAuditLog(config.auditLog);
  const upstream = await openApiTarget(config, env, log);
  if (upstream.apiKey) secrets.push(upstream.apiKey);
  const client = createClient({
    apiKey: upstream.apiKey,
    baseUrl: upstream.baseUrl,
    timeoutMs: config.callTimeoutMs,
    requestsPerMinute: config.rateLimit,
    userAgent: `opencx-sessions-mcp/${version}`,
    proxy: upstream.proxy,
  });
  const ledgerFolder = join(stateDirectory(config, env), 'sends');
  const server = createServer({
    version,
    tools: selected,
    client,
    ledger: ledgerOnDemand(async () => {
      const { openLedger } = await import('../../state/files/send-log.ts');
      return openLedger(ledgerFolder, upstream.account, (err) => log.error({ err }, 'outcome not recorded'));
    }),
    audit,
    allowVerified: config.allowVerified,
    confirmSends: config.confirmSends,
    callTimeoutMs: config.callTimeoutMs,
    log,
    // What goes wrong there is told by the first call.
    onListed: () => void client.prepare().catch(() => {}),
  });
  await serveStdio(server, log, async () => {
    await client.close();
    await upstream.close();
    await log.flushed();
  });
}

/** For somebody who started it by hand, and would wait for a prompt. */
const atTerminal = `This is an MCP server: a client starts it and talks to it on stdin. Nothing more will appear here; stop it with Ctrl-C.
To enter it into a client, call it with init; to see it work, with demo; for all it can do, with --help.
`;

/** A fault that nobody caught ends the process as Node would end it, but without the key, whatever its text holds. */
function maskCrashes(secrets: readonly string[]): void {
  process.once('uncaughtException', (error) => {
    writeSync(2, `${secrets.reduce(redact, inspect(error))}\n`);
    process.exit(1);
  });
}

/** The record of sends, opened with the first of them: a start has none, and most that is asked only reads. */
function ledgerOnDemand(open: () => Promise<Ledger>): Ledger {
  let opened: Promise<Ledger> | undefined;
  const ledger = () => {
    opened ??= open();
    return opened;
  };
  return {
    claim: async (...send) => (await ledger()).claim(...send),
    together: async (...send) => (await ledger()).together(...send),
  };
}

async function openAuditLog(file: string): Promise<Audit> {
  const { openAudit } = await import('../../state/files/audit.ts');
  try {
    return await openAudit(file);
  } catch (error) {
    throw new ConfigurationError(`--audit-log: the file cannot be written (${(error as Error).message}).`);
  }
}

function selection(config: Settings<'serve'>) {
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
