// npm run soak [-- NAME [SIZE [SEED]]]: runs a randomised test for longer.
import { spawnSync } from 'node:child_process';

/** Test files that read SOAK_SIZE and SOAK_SEED, with their default size. */
const soaks = {
  storm: { file: 'test/e2e/faults/storm.test.ts', size: 10_000 },
  fuzz: { file: 'test/sandbox/http/fuzz.test.ts', size: 20_000 },
  hostile: { file: 'test/e2e/overload.test.ts', size: 500 },
  sending: { file: 'test/conversations/sending/never-twice.test.ts', size: 20_000 },
  budget: { file: 'test/state/redis/budget-script.test.ts', size: 500 },
  replicas: { file: 'test/e2e/team/never-twice.test.ts', size: 1000 },
  isolation: { file: 'test/e2e/team/isolation.test.ts', size: 10_000 },
  /** Its size is in seconds. */
  budgets: { file: 'test/e2e/team/budget.test.ts', size: 150 },
  abort: { file: 'test/e2e/team/aborted-calls.test.ts', size: 10_000 },
  /** Its size is the number of servers that are stopped. */
  drain: { file: 'test/e2e/team/drain.test.ts', size: 9 },
  durability: { file: 'test/sandbox/store/durability.test.ts', size: 50 },
};

const [name = 'storm', size, seed = Date.now() % 1_000_000] = process.argv.slice(2);
if (!Object.hasOwn(soaks, name)) {
  process.stderr.write(`Unknown soak test: ${name}. Available: ${Object.keys(soaks).join(', ')}.\n`);
  process.exit(1);
}
const soak = soaks[name];
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', soak.file], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_SIZE: String(size ?? soak.size), SOAK_SEED: String(seed) },
});
process.exitCode = status ?? 1;
