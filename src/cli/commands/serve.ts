import { join } from 'node:path';
import { isatty } from 'node:tty';
import { createClient } from '../../client/client.ts';
import { offerOf } from '../../mcp/offer.ts';
import type { Eras } from '../../mcp/stdio/eras.ts';
import { serveStdio } from '../../mcp/stdio/serve-stdio.ts';
import { createServer } from '../../mcp/v1/server.ts';
import { CallsUnderWay } from '../../pipeline/calls-under-way.ts';
import { SelectionError, selectsCard, selectTools } from '../../pipeline/tool-selection.ts';
import { accountScope } from '../../state/account-scope.ts';
import { memoryApprovals } from '../../state/memory/approvals.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { SendLog } from '../../state/send-log.ts';
import { redact } from '../../text/redact.ts';
import { tools } from '../../tools/index.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, environmentWarnings, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openApiTarget } from '../setup/api/api-target.ts';
import { withSavedKey } from '../setup/api/saved-key.ts';
import { openAuditLog } from '../setup/audit-log.ts';
import { redactCrashes } from '../setup/crashes.ts';
import { createLogger, type Logger } from '../setup/logger.ts';
import { newPrincipal } from '../setup/new-principal.ts';
import type { Notifier } from '../setup/outbox.ts';
import type { SharedState } from '../setup/shared-state.ts';

/**
 * Speaks MCP on stdio until the client goes away or a signal arrives.
 * @throws ConfigurationError when the settings cannot be used; then nothing was started.
 */
export async function serve(given: Settings<'serve'>, env: Environment, version: string): Promise<void> {
  const settings = withSavedKey(given, env);
  const secrets: string[] = [];
  redactCrashes(secrets);
  if (isatty(0)) process.stderr.write(terminalNotice);
  const { eras, callsUnderWay, logger, ...hooks } = await openServer(settings, env, version, secrets);
  await serveStdio(eras, callsUnderWay, logger, {
    redact: (line) => secrets.reduce(redact, line),
    ...hooks,
  });
}

/** A server that is not connected yet. */
interface OpenServer {
  readonly eras: Eras;
  readonly callsUnderWay: CallsUnderWay;
  readonly logger: Logger;
  /** Loads what calls need. */
  warmUp(): void;
  /** Closes what the server used. */
  release(): Promise<void>;
}

/**
 * Opens what the settings name.
 * @param secrets gets what must not be written anywhere.
 * @throws ConfigurationError as `serve` does.
 */
export async function openServer(
  settings: Settings<'serve'>,
  env: Environment,
  version: string,
  secrets: string[],
): Promise<OpenServer> {
  const logger = createLogger(settings.logLevel, secrets);
  for (const warning of environmentWarnings(env)) logger.warn(warning);
  const offer = selectedOffer(settings);
  const fileAudit = settings.auditLog === undefined ? undefined : await openAuditLog(settings.auditLog);
  const target = await openApiTarget(settings, env, logger);
  if (target.apiKey) secrets.push(target.apiKey);
  const onLost = (err: Error) => logger.error({ err }, 'outcome not recorded');
  const shared = await openShared(settings, target.account, onLost, secrets);
  const client =
    target.problem === undefined
      ? createClient({
          apiKey: target.apiKey,
          baseUrl: target.baseUrl,
          timeoutMs: settings.callTimeoutMs,
          requestsPerMinute: settings.rateLimit,
          ...(shared?.rateLimiter && { rateLimiter: shared.rateLimiter }),
          userAgent: `opencx-sessions-mcp/${version}`,
          proxy: target.proxy,
        })
      : (await import('../setup/api/refusing-client.ts')).refusingClient(target.problem);
  const sendLog = sendLogOnDemand(async () => {
    if (shared?.sendLog) return shared.sendLog;
    const { openSendLog } = await import('../../state/files/send-log.ts');
    const folder = join(await folderForSends(settings, env), 'sends');
    return openSendLog(folder, { account: target.account, onLost });
  });
  const [outbox, notifier, whoDecides] = await openOutboxOf(
    settings,
    env,
    target.account,
    shared,
    logger,
    secrets,
  );
  const callsUnderWay = new CallsUnderWay();
  const definition = {
    version,
    offer,
    dependencies: {
      client,
      accountScope: () => accountScope(target.account),
      sendLog,
      audit: fileAudit ?? shared?.audit,
      allowVerified: settings.allowVerified,
      confirmSends: settings.confirmSends === 'ask',
      outbox,
      whoDecides,
      logger,
      secrets,
      ...(settings.redact.length > 0 && {
        redaction: { kinds: settings.redact, key: crypto.getRandomValues(new Uint8Array(32)) },
      }),
    },
    // On stdio there is one principal: whoever started the process.
    principal: newPrincipal(),
    callsUnderWay,
    callTimeoutMs: settings.callTimeoutMs,
  };
  const eras = {
    legacy: createServer(definition),
    loadModern: async () =>
      (await import('../../mcp/v2/stdio.ts')).modernServer(definition, memoryApprovals()),
  };
  return {
    eras,
    callsUnderWay,
    logger,
    // A failure here is reported by the first call.
    warmUp: () => void client.prepare().catch(() => {}),
    release: async () => {
      await client.close();
      await target.close();
      await notifier?.idle();
      await shared?.close();
      await logger.flushed();
    },
  };
}

/** For people who start it by hand and would wait for a prompt. */
const terminalNotice = `This is an MCP server: a client starts it and talks to it on stdin. Nothing more will appear here. Press Ctrl-C to stop.
Run init to add it to a client, demo to see it work, or --help for everything else.
`;

/** Opens what is kept in PostgreSQL and Redis. Their packages are loaded only if one of them is set. */
async function openShared(
  settings: Settings<'serve'>,
  account: string,
  onLost: (error: Error) => void,
  secrets: string[],
): Promise<SharedState | undefined> {
  if (settings.databaseUrl === undefined && settings.redisUrl === undefined) return undefined;
  const { openSharedState, secretsOf } = await import('../setup/shared-state.ts');
  for (const url of [settings.databaseUrl, settings.redisUrl]) if (url) secrets.push(...secretsOf(url));
  return openSharedState(settings, account, onLost);
}

/** Opens the send log with the first send: most sessions of the server only read. */
export function sendLogOnDemand(open: () => Promise<SendLog>): SendLog {
  let opened: Promise<SendLog> | undefined;
  const sendLog = () => {
    opened ??= open();
    return opened;
  };
  return {
    find: async (...send) => (await sendLog()).find(...send),
    fateOf: async (...attempt) => (await sendLog()).fateOf(...attempt),
    claim: async (...send) => (await sendLog()).claim(...send),
    singleFlight: async (...send) => (await sendLog()).singleFlight(...send),
  };
}

/** Opens the outbox if messages wait there. Its code is loaded only then. */
async function openOutboxOf(
  settings: Settings<'serve'>,
  env: Environment,
  account: string,
  shared: SharedState | undefined,
  logger: Logger,
  secrets: string[],
): Promise<[Outbox?, (Notifier | undefined)?, (string | undefined)?]> {
  if (settings.confirmSends !== 'outbox') return [];
  const { openNotifier, openOutbox } = await import('../setup/outbox.ts');
  const notifier = openNotifier(settings, env, logger, secrets);
  const outbox = openOutbox(settings, env, account, { database: shared?.outbox, notifier });
  // No other process finds the drafts of such a sandbox.
  if (settings.sandbox === ':memory:') return [outbox, notifier];
  const { whoDecides } = await import('../outbox/who-decides.ts');
  return [outbox, notifier, whoDecides(settings, env, process.argv[1] ?? '')];
}

/** @throws SetupError when there is no folder for the send log. Reads work without one. */
async function folderForSends(settings: Settings<'serve'>, env: Environment): Promise<string> {
  try {
    return stateDirectory(settings, env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { SetupError } = await import('../setup/api/refusing-client.ts');
    throw new SetupError(`Not sent: ${error.message}`);
  }
}

/** Only clients that can show the card need it. */
const readCard = async () => (await import('../setup/read-card.ts')).readCard();

function selectedOffer({ readOnly, tools: only, excludeTools: exclude, redact }: Settings<'serve'>) {
  const selection = { readOnly, only, exclude };
  try {
    return offerOf(selectTools(tools, selection), {
      redacts: redact.length > 0,
      readCard: selectsCard(selection) ? readCard : undefined,
    });
  } catch (error) {
    if (error instanceof SelectionError) throw new ConfigurationError(error.message);
    throw error;
  }
}
