// Mutation test: changes the code in many small ways and reports each change that no test notices. Run it with
// `npm run mutate`, or for some files with `npm run mutate -- --mutate 'src/state/**/*.ts'`.
// survivors.md names the changes that stay, with the reason.
import { fileURLToPath } from 'node:url';

// Begins the names of schemas and keys of the tests, in this process and those of the tests.
process.env['STATE_TEST_NAMES'] = `mutate_${process.pid}_`;

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutate/vitest.config.ts', related: false },
  plugins: [
    '@stryker-mutator/vitest-runner',
    fileURLToPath(new URL('remove-leftovers.mjs', import.meta.url)),
  ],
  mutate: ['src/{client,conversations,pipeline,presenters,state}/**/*.ts'],
  coverageAnalysis: 'perTest',
  // Text that people read is checked by snapshots; a changed word in it tells nothing about the tests.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tests need nothing of the build except the thread that reads mail.
  ignorePatterns: ['dist/**', '!dist/mail-worker.cjs', '*.tgz'],
  reporters: ['clear-text', 'progress', 'remove-leftovers'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 97, low: 93, break: 93 },
  concurrency: 2,
  // The tests run one after the other first. That takes two minutes on two busy cores; the default is five.
  dryRunTimeoutMinutes: 20,
  tempDirName: 'coverage/stryker',
};
