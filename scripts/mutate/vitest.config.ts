import { defineConfig } from 'vitest/config';
import { limits } from '../../test/support/program/limits.ts';
import { findPostgres, findRedis } from '../../test/support/program/services.ts';

// Stryker runs tests in threads, where a test cannot change the time zone. Some tests set this one.
process.env['TZ'] = 'Asia/Kolkata';

const [postgresUrl, redisUrl] = await Promise.all([findPostgres(), findRedis()]);

/** The tests of the rooms that are mutated. They run without the built program. */
export default defineConfig({
  test: {
    ...limits,
    include: ['test/{client,conversations,pipeline,presenters,state,tools}/**/*.test.ts'],
    // The model of sends takes seconds for each mutant. The rules of the log have their own tests.
    exclude: ['test/conversations/sending/never-twice.test.ts'],
    update: 'none',
    env: { STATE_TEST_POSTGRES: postgresUrl ?? '', STATE_TEST_REDIS: redisUrl ?? '' },
  },
});
