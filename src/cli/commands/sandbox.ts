import { defaultTimeoutMs } from '../../client/defaults.ts';
import { isLoopback } from '../../mcp/http/site.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { onEnter } from '../inbox/browser.ts';
import type { Inbox } from '../inbox/open-inbox.ts';
import { type Environment, environmentWarnings, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { automationOf, defaultDatabase, sandboxAccount, startSandbox } from '../setup/api/start-sandbox.ts';
import { createLogger, type Logger } from '../setup/logger.ts';
import { thisUser } from '../setup/this-user.ts';

/** Grace period for running requests on shutdown, in milliseconds. */
const graceMs = 5000;

/** Runs the sandbox as an HTTP server until a signal arrives. Prints its address, its API key and an address of its inbox. */
export async function runSandbox(
  settings: Settings<'sandbox'>,
  env: Environment,
  version: string,
): Promise<void> {
  const log = createLogger(settings.logLevel);
  for (const warning of environmentWarnings(env)) log.warn(warning);
  const database = settings.database ?? defaultDatabase(settings, env);
  let inbox: Inbox | undefined;
  const { sandbox, url } = await startSandbox(
    {
      database,
      onError: (err) => log.error({ err }, 'sandbox error'),
      onResponse: (entry) => log.info(entry, 'request completed'),
      rateLimit: settings.sandboxRateLimit,
      ...automationOf(settings),
      testControls: settings.faults,
      beside: (request) => (isForInbox(request) ? inbox?.app.fetch(request) : undefined),
      ...(settings.sandboxKey !== undefined && { key: settings.sandboxKey }),
      ...(settings.seed !== undefined && { seed: settings.seed }),
    },
    { port: settings.port, host: settings.host },
  );
  log.info({ url, database: sandbox.location }, 'listening');
  // Whoever can reach the port could write as a customer, so there is no page on other addresses than this machine's.
  if (isLoopback(settings.host)) inbox = await openSandboxInbox(sandbox, url, settings, env, version, log);
  const running = {
    url,
    key: sandbox.key,
    database: sandbox.location,
    ...(inbox && { inbox: inbox.newLink() }),
  };
  // Whoever reads that it is ready may end it at once.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write(
    settings.json ? `${JSON.stringify(running)}\n` : startMessage(running, settings, sandbox.seeded),
  );
  const stopListening = onEnter(() => inbox && process.stdout.write(`${inbox.newLink()}\n`));
  await stopped;
  log.info('stopping');
  stopListening();
  await inbox?.close();
  await sandbox.close(graceMs);
  log.info('stopped');
  await log.flushed();
  // The thread that reads mail for the page would keep the process.
  process.exit(0);
}

function isForInbox(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname === '/inbox' || pathname.startsWith('/inbox/');
}

/** The page reads over HTTP, like any client of the sandbox, and with a key of its own. */
async function openSandboxInbox(
  sandbox: Sandbox,
  url: string,
  settings: Settings<'sandbox'>,
  env: Environment,
  version: string,
  logger: Logger,
): Promise<Inbox> {
  const [{ openInbox }, { openPageState }, { liveTarget }] = await Promise.all([
    import('../inbox/open-inbox.ts'),
    import('../inbox/page-state.ts'),
    import('../setup/api/api-target.ts'),
  ]);
  const stateFolder = stateDirectory(settings, env);
  // Servers reach this sandbox by its address and key, and that is where their drafts are.
  const { account } = await liveTarget(url, sandbox.key, env);
  const state = await openPageState({ ...settings, sandbox: false, rateLimit: 0 }, env, account, logger, []);
  return openInbox({
    target: { baseUrl: url, apiKey: sandbox.pageKey, account, proxy: {} },
    sandbox,
    ...state,
    allowVerified: true,
    pageAccount: sandboxAccount(sandbox),
    by: thisUser(),
    secrets: [],
    stateFolder,
    callTimeoutMs: defaultTimeoutMs,
    requestsPerMinute: 0,
    version,
    logger,
    url: () => url,
  });
}

function startMessage(
  { url, key, database, inbox }: { url: string; key: string; database: string; inbox?: string },
  { seed, faults }: Settings<'sandbox'>,
  seeded: boolean,
): string {
  return [
    `OpenCX sandbox running at ${url} (data: ${database})`,
    ...(seed && !seeded
      ? [
          '--seed ignored: the database already has sessions. Run "sandbox reset --seed <sessions>" to replace them.',
        ]
      : []),
    '',
    `  OPENCX_API_URL=${url}`,
    `  OPENCX_API_KEY=${key}`,
    '',
    ...(inbox
      ? [`Inbox page: ${inbox} (works once, within ten minutes; press Enter for another address)`]
      : []),
    `Try: curl -H 'Authorization: Bearer ${key}' '${url}/chat/sessions?status=open&handed_off=true'`,
    ...(faults ? [`Inject faults: POST ${url}/_sandbox/faults, with the same key.`] : []),
    `OpenAPI description: ${url}/openapi.json. Press Ctrl-C to stop.`,
    '',
  ].join('\n');
}
