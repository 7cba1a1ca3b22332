import pg from 'pg';
import { defineConfig } from 'vitest/config';

const shared = {
  // Builds the program once, before all tests. The end-to-end tests run it.
  globalSetup: ['test/support/build.ts'],
  testTimeout: 20_000,
};

const postgresUrl = await findPostgres();

export default defineConfig({
  test: {
    // A missing snapshot fails. `-u` writes it.
    update: 'none',
    // Vitest leaves one core free by default. Tests mostly wait for child processes, so use all cores.
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'all', include: ['test/**/*.test.ts'] } },
      ...(postgresUrl
        ? [
            {
              test: {
                ...shared,
                name: 'postgres',
                include: ['test/sandbox/**/*.test.ts'],
                // These do not depend on the database, or test SQLite itself.
                exclude: [
                  'test/sandbox/http/{fault-injection,openapi,server}.test.ts',
                  'test/sandbox/store/sqlite/**',
                ],
                env: { SANDBOX_TEST_POSTGRES: postgresUrl },
              },
            },
          ]
        : []),
    ],
  },
});

/**
 * Finds the PostgreSQL server for the second run of the sandbox tests: TEST_POSTGRES_URL, or a local server.
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
      `No PostgreSQL on ${host}:${port} (${error}). The sandbox is tested on SQLite only. Set TEST_POSTGRES_URL to use another server.\n`,
    );
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
