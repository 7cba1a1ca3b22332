import type { Settings } from '../settings/settings.ts';
import type { Finding } from './findings.ts';

export const serviceChecks: readonly string[] = ['PostgreSQL', 'Redis'];

/** Checks whether the database and the cache can be used, where they are set. */
export async function checkServices({ databaseUrl, redisUrl }: Settings<'serve'>): Promise<Finding[]> {
  const checks: Promise<Finding>[] = [];
  if (databaseUrl !== undefined) {
    const { openPostgresState } = await import('../../state/postgres/state.ts');
    const fix =
      'Set OPENCX_DATABASE_URL to a database that its user may use. Nothing can be sent without it.';
    checks.push(check('PostgreSQL', databaseUrl, openPostgresState, (state) => state.check(), fix));
  }
  if (redisUrl !== undefined) {
    const { openRedisState } = await import('../../state/redis/state.ts');
    const fix =
      'Check OPENCX_REDIS_URL. Without Redis, this server takes only a share of the requests per minute.';
    checks.push(check('Redis', redisUrl, openRedisState, (state) => state.ready(), fix));
  }
  return Promise.all(checks);
}

async function check<Service extends { close(): Promise<void> }>(
  name: string,
  url: string,
  open: (url: string) => Service,
  tryOut: (service: Service) => Promise<void>,
  fix: string,
): Promise<Finding> {
  let service: Service | undefined;
  try {
    service = open(url);
    await tryOut(service);
    return { check: name, status: 'ok', detail: new URL(url).host };
  } catch (error) {
    return { check: name, status: 'failed', detail: (error as Error).message, fix };
  } finally {
    await service?.close();
  }
}
