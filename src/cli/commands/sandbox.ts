import { type Environment, environmentWarnings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { createLogger } from '../setup/logger.ts';
import { automationOf, defaultDatabase, startSandbox } from '../setup/start-sandbox.ts';

/** Grace period for running requests on shutdown, in milliseconds. */
const graceMs = 5000;

/** Runs the sandbox as an HTTP server until a signal arrives. Prints its address and API key. */
export async function runSandbox(settings: Settings<'sandbox'>, env: Environment): Promise<void> {
  const log = createLogger(settings.logLevel);
  for (const warning of environmentWarnings(env)) log.warn(warning);
  const database = settings.database ?? defaultDatabase(settings, env);
  const { sandbox, url } = await startSandbox(
    {
      database,
      onError: (err) => log.error({ err }, 'sandbox error'),
      onResponse: (entry) => log.info(entry, 'request completed'),
      rateLimit: settings.sandboxRateLimit,
      ...automationOf(settings),
      testControls: settings.faults,
      ...(settings.sandboxKey !== undefined && { key: settings.sandboxKey }),
      ...(settings.seed !== undefined && { seed: settings.seed }),
    },
    { port: settings.port, host: settings.host },
  );
  log.info({ url, database: sandbox.location }, 'listening');
  const running = { url, key: sandbox.key, database: sandbox.location };
  process.stdout.write(
    settings.json ? `${JSON.stringify(running)}\n` : startMessage(running, settings, sandbox.seeded),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  log.info('stopping');
  await sandbox.close(graceMs);
  log.info('stopped');
}

function startMessage(
  { url, key, database }: { url: string; key: string; database: string },
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
    `Try: curl -H 'Authorization: Bearer ${key}' '${url}/chat/sessions?status=open&handed_off=true'`,
    ...(faults ? [`Inject faults: POST ${url}/_sandbox/faults, with the same key.`] : []),
    `OpenAPI description: ${url}/openapi.json. Press Ctrl-C to stop.`,
    '',
  ].join('\n');
}
