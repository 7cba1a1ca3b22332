import { Redis } from 'ioredis';
import pg from 'pg';

/**
 * Finds the PostgreSQL server for the tests of shared state and the second run of the sandbox tests: TEST_POSTGRES_URL, or a
 * local server.
 * @returns its address, or undefined if it does not answer or the variable is empty.
 */
export async function findPostgres(): Promise<string | undefined> {
  const address = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
  if (address === '') return keptAway('TEST_POSTGRES_URL');
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.query('select 1');
    return address;
  } catch (error) {
    const { host, port } = client;
    process.stderr.write(
      `No PostgreSQL on ${host}:${port} (${error}). The sandbox is tested on SQLite only, shared state is not tested. Set TEST_POSTGRES_URL to use another server.\n`,
    );
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Finds the Redis server for the tests of shared state: TEST_REDIS_URL, or a local server.
 * @returns its address, or undefined if it does not answer or the variable is empty.
 */
export async function findRedis(): Promise<string | undefined> {
  const address = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  if (address === '') return keptAway('TEST_REDIS_URL');
  const client = new Redis(address, { lazyConnect: true, connectTimeout: 3000, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
    return address;
  } catch (error) {
    const { host, port } = client.options;
    process.stderr.write(
      `No Redis on ${host}:${port} (${error}). Shared state is not tested on it. Set TEST_REDIS_URL to use another server.\n`,
    );
    return undefined;
  } finally {
    client.disconnect();
  }
}

function keptAway(variable: string): undefined {
  process.stderr.write(`${variable} is empty, so the tests that need this service are skipped.\n`);
}
