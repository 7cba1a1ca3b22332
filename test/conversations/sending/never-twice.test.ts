import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptStore } from '../../../src/state/attempts/attempt-store.ts';
import { fileStore } from '../../../src/state/files/send-attempts.ts';
import type { PostgresState } from '../../../src/state/shared-state.ts';
import { explore, type Place, type Tally } from '../../support/sending/explorer.ts';
import { memoryStore } from '../../support/state/memory-store.ts';
import { postgresUrl, type TestSchema, testSchema } from '../../support/state/postgres.ts';

/** `npm run soak -- sending 20000 7` explores for longer. */
const size = Number(process.env['SOAK_SIZE'] ?? 0);
/** With this seed, faults of every kind that was tried show in the first 110 runs. */
const seed = Number(process.env['SOAK_SEED'] ?? 6);
const choices = fc.array(fc.nat(10_000), { minLength: 60, maxLength: 400, size: 'max' });

const places: [string, number, () => Place][] = [
  [
    'in memory',
    size || 150,
    () => {
      const store = memoryStore();
      return { open: () => store, clear: store.clear };
    },
  ],
  [
    'in files',
    Math.ceil(size / 10) || 12,
    () => {
      const folder = mkdtempSync(join(parent, 'sends-'));
      const clear = () => {
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
      };
      return { open: (clock) => fileStore(folder, clock), clear };
    },
  ],
];
let schema: TestSchema | undefined;
let state: PostgresState | undefined;
if (postgresUrl !== undefined) {
  places.push([
    'in PostgreSQL',
    Math.ceil(size / 10) || 12,
    () => {
      const scope = randomUUID();
      const clear = async () => {
        for (const table of ['attempts', 'messages'])
          await schema?.query(`delete from SCHEMA.${table} where scope = $1`, [scope]);
      };
      return { open: () => state?.attempts(scope) as AttemptStore, clear };
    },
  ]);
  beforeAll(async () => {
    schema = await testSchema();
    state = schema.open();
    await state.ready();
  });
  afterAll(() => schema?.drop());
}

/** Syncing a file system in memory costs nothing. */
const fast = '/dev/shm';
const parent = mkdtempSync(join(existsSync(fast) ? fast : tmpdir(), 'opencx-never-twice-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe.each(places)('with a send log %s', (_, runs, createPlace) => {
  it(
    'no message is sent twice and no caller is told what is not true, whatever happens in between',
    async () => {
      const total: Tally = {};
      await fc.assert(
        fc.asyncProperty(choices, async (made) => {
          const { faults, tally } = await explore(createPlace(), made);
          for (const [what, times] of Object.entries(tally)) total[what] = (total[what] ?? 0) + times;
          expect(faults).toEqual([]);
        }),
        // A shorter counterexample would take minutes to find; the path repeats this one.
        { numRuns: runs, seed, endOnFailure: true },
      );
      if (size > 0) process.stderr.write(`${JSON.stringify(total)}\n`);
      // The runs were not idle.
      for (const what of ['sent', 'found', 'stored', 'AlreadySentError', 'DeliveryUnknownError']) {
        expect(total[what] ?? 0).toBeGreaterThan(0);
      }
    },
    size > 0 ? 3_600_000 : 60_000,
  );
});
