import pg from 'pg';
import { defineConfig } from 'vitest/config';

const shared = {
  // The end-to-end tests drive the real program: it is built once, before anything runs.
  globalSetup: ['test/support/build.ts'],

  testTimeout: 20_000,
};

const server = await postgres();

export default defineConfig({
  test: {
    // A missing snapshot fails. `-u` writes it.
    update: 'none',
    // Much of the time goes into waiting for spawned programs: every core is used, not all but one.
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'all', include: ['test/**/*.test.ts'] } },
      ...(server
        ? [
            {
              test: {
                ...shared,
                name: 'postgres',
                include: ['test/sandbox/**/*.test.ts'],
                // What is about files, ports and the document alone.
                exclude: [
                  'test/sandbox/http/{fault-injection,openapi,server}.test.ts',
                  'test/sandbox/store/sqlite/**',
                ],
                env: { SANDBOX_TEST_POSTGRES: server },
              },
            },
          ]
        : []),
    ],
  },
});

/** The server on which the sandbox's tests run once more: TEST_POSTGRES_URL, else one on this machine, if it answers. */
async function postgres(): Promise<string | undefined> {
  const address = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.query('select 1');
    return address;
  } catch (error) {
    const { host, port } = client;
    process.stderr.write(
      `No PostgreSQL on ${host}:${port} (${error}): the sandbox is tested on SQLite only. Set TEST_POSTGRES_URL.\n`,
    );
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
