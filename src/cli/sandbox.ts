import { assumptions } from '../contract/assumptions.ts';
import { type Config, type Environment, unknownVariables } from './config.ts';
import { createLog } from './log.ts';
import { defaultDatabase, startSandbox } from './open-sandbox.ts';

const defaultPort = 4010;

/** Runs the sandbox alone until a signal comes, and prints where it listens and with which key. */
export async function runSandbox(config: Config, env: Environment): Promise<void> {
  const log = createLog(config.logLevel);
  for (const warning of unknownVariables(env)) log.warn(warning);
  const database = config.database ?? defaultDatabase(config, env);
  const { sandbox, url } = await startSandbox(
    {
      database,
      onFault: (err) => log.error({ err }, 'fault of the sandbox'),
      rateLimit: config.sandboxRateLimit ?? assumptions.rateLimit.value,
      ...(config.sandboxKey === undefined ? {} : { key: config.sandboxKey }),
    },
    config.port ?? defaultPort,
  );
  process.stdout.write(
    [
      `OpenCX sandbox on ${url} (data in ${database})`,
      '',
      `  OPENCX_API_URL=${url}`,
      `  OPENCX_API_KEY=${sandbox.key}`,
      '',
      `Try: curl -H 'Authorization: Bearer ${sandbox.key}' '${url}/chat/sessions?status=open&handed_off=true'`,
      `API description: ${url}/openapi.json. Stop with Ctrl-C.`,
      '',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
}
