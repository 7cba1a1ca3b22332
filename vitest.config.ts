import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The end-to-end tests drive the real program: it is built once, before anything runs.
    globalSetup: ['test/support/build.ts'],
    testTimeout: 20_000,
    // Much of the time goes into waiting for spawned programs: every core is used, not all but one.
    maxWorkers: '100%',
  },
});
