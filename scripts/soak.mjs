// npm run soak [-- CALLS [SEED]]: the randomised run of test/faults, as long as wanted.
import { spawnSync } from 'node:child_process';

const [calls = '10000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'test/faults/random.test.ts'];
const { status } = spawnSync(process.execPath, vitest, {
  stdio: 'inherit',
  env: { ...process.env, SOAK_CALLS: calls, SOAK_SEED: seed },
});
process.exitCode = status ?? 1;
