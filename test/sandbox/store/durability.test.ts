import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/sandbox/store/store.ts';
import { runCrashTest } from '../../support/sandbox/durability/crash-test.ts';
import { atEnd, durableDatabase } from '../../support/sandbox/harness.ts';
import { postgresAddress } from '../../support/sandbox/postgres.ts';

/** `npm run soak -- durability` sets these for a longer run. */
const rounds = Number(process.env['SOAK_SIZE'] ?? 2);
const seed = Number(process.env['SOAK_SEED'] ?? 1);

test('acknowledged writes survive a kill, complete and exactly once', {
  timeout: 30_000 + rounds * 30_000,
}, async () => {
  const database = await durableDatabase();
  const { errors, size } = await runCrashTest({ database, rounds, seed, atOnce: 12, writes: 60 });
  expect(errors).toEqual([]);
  // The kills must have hit writes in progress.
  expect(size.kills).toBeGreaterThan(rounds);
  expect(size.unconfirmed).toBeGreaterThan(rounds);
  expect(size.acknowledged).toBeGreaterThan(rounds * 30);
  if (process.env['SOAK_SIZE'])
    process.stderr.write(`${postgresAddress ? 'PostgreSQL' : 'SQLite'} ${JSON.stringify(size)}\n`);
});

// A kill does not lose the system's buffers, but a power cut does.
test('every write is synced to disk', async () => {
  const store = await openStore(await durableDatabase());
  atEnd(() => store.close());
  const setting = postgresAddress ? sql`show synchronous_commit` : sql`pragma synchronous`;
  const { rows } = await setting.execute(store.read);
  expect(rows).toEqual([postgresAddress ? { synchronous_commit: 'on' } : { synchronous: 2 }]);
});
