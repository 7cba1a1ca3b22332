import { type Environment, unknownVariables } from '../settings/read-settings.ts';
import type { Config } from '../settings/settings.ts';
import { createLog } from '../setup/logger.ts';
import { automationOf, defaultDatabase, onDatabase, startSandbox } from '../setup/start-sandbox.ts';

/** Milliseconds that running requests get when the sandbox is stopped: none takes as long unless something is wrong. */
const graceMs = 5000;

/** Runs the sandbox alone until a signal comes, and prints where it listens and with which key. */
export async function runSandbox(config: Config<'sandbox'>, env: Environment): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of unknownVariables(env)) log.warn(warning);
  const database = config.database ?? defaultDatabase(config, env);
  const { sandbox, url } = await startSandbox(
    {
      database,
      onError: (err) => log.error({ err }, 'fault of the sandbox'),
      onResponse: (entry) => log.info(entry, 'answered'),
      rateLimit: config.sandboxRateLimit,
      ...automationOf(config),
      faultInjection: config.faults,
      ...(config.sandboxKey !== undefined && { key: config.sandboxKey }),
      ...(config.seed !== undefined && { seed: config.seed }),
    },
    { port: config.port, host: config.host },
  );
  log.info({ url, database: sandbox.location }, 'listening');
  process.stdout.write(
    [
      `OpenCX sandbox on ${url} (data in ${sandbox.location})`,
      ...(config.seed && !sandbox.seeded
        ? [
            '--seed changed nothing: there are sessions already. sandbox reset --seed starts again with other ones.',
          ]
        : []),
      '',
      `  OPENCX_API_URL=${url}`,
      `  OPENCX_API_KEY=${sandbox.key}`,
      '',
      `Try: curl -H 'Authorization: Bearer ${sandbox.key}' '${url}/chat/sessions?status=open&handed_off=true'`,
      ...(config.faults ? [`Order faults by POST ${url}/_sandbox/faults, with the same key.`] : []),
      `API description: ${url}/openapi.json. Stop with Ctrl-C.`,
      '',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  log.info('stopping');
  await sandbox.close(graceMs);
  log.info('stopped');
}

/** Puts the demo data in the place of what the sandbox has. */
export async function resetDemo(config: Config<'sandbox'>, env: Environment): Promise<void> {
  const { resetSandbox } = await import('../../sandbox/index.ts');
  const database = config.database ?? defaultDatabase(config, env);
  const { location, sessions } = await onDatabase(database, () => resetSandbox(database, config.seed));
  process.stdout.write(`Reset: ${sessions} sessions of demo data in ${location}. Keys are as they were.\n`);
}
