import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/sandbox/store/store.ts';
import { siege } from '../../support/sandbox/durability/siege.ts';
import { atEnd, durableDatabase } from '../../support/sandbox/harness.ts';
import { postgresAddress } from '../../support/sandbox/postgres.ts';

/** `npm run soak -- durability` sets these for a longer run. */
const rounds = Number(process.env['SOAK_SIZE'] ?? 2);
const seed = Number(process.env['SOAK_SEED'] ?? 1);

test('whenever the sandbox is killed, every acknowledged write is there afterwards, whole and once', {
  timeout: 30_000 + rounds * 30_000,
}, async () => {
  const database = await durableDatabase();
  const { faults, size } = await siege({ database, rounds, seed, atOnce: 12, writes: 60 });
  expect(faults).toEqual([]);
  // They were killed in the midst of writing.
  expect(size.kills).toBeGreaterThan(rounds);
  expect(size.lost).toBeGreaterThan(rounds);
  expect(size.acknowledged).toBeGreaterThan(rounds * 30);
  if (process.env['SOAK_SIZE'])
    process.stderr.write(`${postgresAddress ? 'PostgreSQL' : 'SQLite'} ${JSON.stringify(size)}\n`);
});

// A kill leaves the system's buffers alone; against a power cut only the disk helps.
test('every write waits for the disk', async () => {
  const store = await openStore(await durableDatabase());
  atEnd(() => store.close());
  const setting = postgresAddress ? sql`show synchronous_commit` : sql`pragma synchronous`;
  const { rows } = await setting.execute(store.read);
  expect(rows).toEqual([postgresAddress ? { synchronous_commit: 'on' } : { synchronous: 2 }]);
});
