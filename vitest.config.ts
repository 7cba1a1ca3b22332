import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { limits } from './test/support/program/limits.ts';
import { findPostgres, findRedis } from './test/support/program/services.ts';

/** Tests with deadlines of seconds. They fail if others keep all cores busy, so they run after all others, two at once. */
const timed = [
  'test/e2e/faults/{matrix,read-back}.test.ts',
  'test/e2e/overload.test.ts',
  'test/e2e/server/readiness.test.ts',
  'test/e2e/team/{budget,drain}.test.ts',
  'test/state/redis/away.test.ts',
];

const [postgresUrl, redisUrl] = await Promise.all([findPostgres(), findRedis()]);

/** Node 20 optimises code early, which costs a sixth of the CPU time: most code of a test runs a few times only. */
const optimizeLater = process.version.startsWith('v20.') ? ['--interrupt-budget=1000000'] : [];

const shared = {
  ...limits,
  // Files share a worker. What they replace is restored; test/checks/shared-workers.test.ts holds what Vitest cannot.
  isolate: false,
  unstubEnvs: true,
  unstubGlobals: true,
  // Without setImmediate: what another file left running in the worker may use it, and tests count the timers they leave.
  fakeTimers: {
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  },
  execArgv: optimizeLater,
  env: { STATE_TEST_POSTGRES: postgresUrl ?? '', STATE_TEST_REDIS: redisUrl ?? '' },
} satisfies TestProjectInlineConfiguration['test'];

export default defineConfig({
  test: {
    // Run once, before all tests: the end-to-end tests need the built program.
    globalSetup: ['test/support/program/temporary-folder.ts', 'test/support/program/build.ts'],
    // A missing snapshot fails. `-u` writes it.
    update: 'none',
    // Vitest leaves one core free by default. Tests often wait for processes and timeouts, so use more workers than cores.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      {
        test: {
          ...shared,
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: timed,
        },
      },
      {
        test: {
          ...shared,
          name: 'timed',
          include: timed,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      ...(postgresUrl
        ? [
            {
              test: {
                ...shared,
                name: 'postgres',
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
