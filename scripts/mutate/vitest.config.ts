import { defineConfig } from 'vitest/config';

// Stryker runs tests in threads, where a test cannot change the time zone. Some tests set this one.
process.env['TZ'] = 'Asia/Kolkata';

/** The tests of the rooms that are mutated. They run without the built program and without a database. */
export default defineConfig({
  test: {
    include: ['test/{client,conversations,pipeline,presenters,state,tools}/**/*.test.ts'],
    // The model of sends takes seconds for each mutant. The rules of the log have their own tests.
    exclude: ['test/conversations/sending/never-twice.test.ts'],
    update: 'none',
  },
});
