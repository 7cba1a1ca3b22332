import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Redis } from 'ioredis';
import pg from 'pg';
import { defineConfig } from 'vitest/config';

/** Tests that replace a module. A shared worker may have loaded it already, so each of them gets its own worker. */
const mocking = testsWith(/\bvi\.(?:doMock|mock)\(/);

/** Tests with deadlines of seconds, and many requests at once. They fail if others keep all cores busy, so they run one by one. */
const timed = [
  'test/e2e/faults/{matrix,read-back}.test.ts',
  'test/e2e/overload.test.ts',
  'test/e2e/server/readiness.test.ts',
  'test/e2e/team/*.test.ts',
  'test/mcp/doors.test.ts',
  'test/state/redis/away.test.ts',
];

const [postgresUrl, redisUrl] = await Promise.all([findPostgres(), findRedis()]);

const shared = {
  // Ten times what the slowest takes on an idle machine with two cores.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // A page in a browser takes its time on a busy machine.
  expect: { poll: { timeout: 10_000 } },
  // Files share a worker. What they replace is restored; test/checks/shared-workers.test.ts holds what Vitest cannot.
  unstubEnvs: true,
  unstubGlobals: true,
  env: { STATE_TEST_POSTGRES: postgresUrl ?? '', STATE_TEST_REDIS: redisUrl ?? '' },
};

export default defineConfig({
  test: {
    // Run once, before all tests: the end-to-end tests need the built program.
    globalSetup: ['test/support/program/temporary-folder.ts', 'test/support/program/build.ts'],
    // A missing snapshot fails. `-u` writes it.
    update: 'none',
    // Vitest leaves one core free by default. Tests often wait for processes and timeouts, so use more workers than cores.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      {
        test: {
          ...shared,
          name: 'all',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...mocking, ...timed],
        },
      },
      { test: { ...shared, name: 'mocking', include: mocking } },
      {
        test: {
          ...shared,
          name: 'timed',
          isolate: false,
          include: timed,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      ...(postgresUrl
        ? [
            {
              test: {
                ...shared,
                name: 'postgres',
                isolate: false,
                include: ['test/sandbox/**/*.test.ts'],
                // These do not depend on the database, or test SQLite itself.
                exclude: [
                  'test/sandbox/http/{fault-injection,openapi,read-body,server}.test.ts',
                  'test/sandbox/seed/**',
                  'test/sandbox/service/plain-text.test.ts',
                  'test/sandbox/store/sqlite/**',
                  'test/sandbox/testing.test.ts',
                ],
                globalSetup: ['test/support/sandbox/drop-schemas.ts'],
                env: {
                  SANDBOX_TEST_POSTGRES: postgresUrl,
                  SANDBOX_TEST_SCHEMAS: `test_${process.pid}_${Date.now()}_`,
                },
              },
            },
          ]
        : []),
    ],
  },
});

/** The test files whose text matches. */
function testsWith(text: RegExp): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((file) => text.test(readFileSync(file, 'utf8')));
}

/**
 * Finds the PostgreSQL server for the tests of shared state and the second run of the sandbox tests: TEST_POSTGRES_URL, or a
 * local server.
 * @returns its address, or undefined if it does not answer.
 */
async function findPostgres(): Promise<string | undefined> {
  const address = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
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
 * @returns its address, or undefined if it does not answer.
 */
async function findRedis(): Promise<string | undefined> {
  const address = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
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
