import { type Clock, systemClock } from '../../time/clock.ts';
import { entryText, parseEntry, unreadableEntry } from '../attempts/attempt-entry.ts';
import type { Attempt, AttemptStore } from '../attempts/attempt-store.ts';
import { VanishedRecordError } from '../errors.ts';
import type { Database } from './connection.ts';

/** A server may run for weeks, so removing old records at its start is not enough. */
const sweepEveryMs = 3_600_000;

export interface PostgresStoreOptions {
  readonly database: Database;
  readonly schema: string;
  readonly scope: string;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
  readonly clock?: Clock;
}

interface Row {
  readonly number: number;
  readonly nonce: string;
  readonly entry: string;
  readonly written: Date;
}

/** Keeps attempts, and the owners of messages, in tables. Their primary keys decide who of several replicas comes first. */
export function postgresStore(options: PostgresStoreOptions): AttemptStore {
  const { database, schema, scope, ready, clock = systemClock } = options;
  const { query } = database;
  let sweptAt = Number.NEGATIVE_INFINITY;

  const ownerOf = async (message: string): Promise<string | undefined> => {
    const [row] = await query<{ owner: string }>(
      `select owner from ${schema}.messages where scope = $1 and message = $2`,
      [scope, message],
    );
    return row?.owner;
  };

  return {
    place: 'PostgreSQL',
    async prepare() {
      await ready();
      if (clock.monotonic() - sweptAt <= sweepEveryMs) return;
      sweptAt = clock.monotonic();
      // Records that stay only take space.
      await removeOld(options).catch(() => {});
    },
    async read(hash) {
      const rows = await query<Row>(
        `select number, nonce, entry, written from ${schema}.attempts where scope = $1 and hash = $2 order by number`,
        [scope, hash],
      );
      return rows.map(({ number, nonce, entry, written }): Attempt => {
        const parsed = parseEntry(entry) ?? { ...unreadableEntry(written.getTime()), nonce };
        return { ...parsed, hash, number };
      });
    },
    async create(attempt) {
      const { hash, number, nonce } = attempt;
      const created = await query(
        `insert into ${schema}.attempts (scope, hash, number, nonce, state, entry, began)
         values ($1, $2, $3, $4, $5, $6, to_timestamp($7)) on conflict do nothing returning 1`,
        [scope, ...columnsOf(attempt)],
      );
      if (created.length > 0) return true;
      // The answer to the first try may have been lost, and the attempt that is there may be this one.
      const own = await query(
        `select 1 from ${schema}.attempts where scope = $1 and hash = $2 and number = $3 and nonce = $4`,
        [scope, hash, number, nonce],
      );
      return own.length > 0;
    },
    async replace(attempt) {
      const replaced = await query(
        `insert into ${schema}.attempts as there (scope, hash, number, nonce, state, entry, began)
         values ($1, $2, $3, $4, $5, $6, to_timestamp($7))
         on conflict (scope, hash, number) do update
         set state = excluded.state, entry = excluded.entry, began = excluded.began, written = now()
         where there.nonce = excluded.nonce returning 1`,
        [scope, ...columnsOf(attempt)],
      );
      if (replaced.length === 0) throw new VanishedRecordError();
    },
    async claimMessage(message, owner) {
      await query(
        `insert into ${schema}.messages (scope, message, owner) values ($1, $2, $3) on conflict do nothing`,
        [scope, message, owner],
      );
      const first = await ownerOf(message);
      if (first === undefined) throw new VanishedRecordError();
      return first;
    },
    ownerOf,
  };
}

function columnsOf(attempt: Attempt): unknown[] {
  const { hash, number, nonce, state, began } = attempt;
  return [hash, number, nonce, state, entryText(attempt), began / 1000];
}

/**
 * Removes records last written more than a day ago, longer than any window. An attempt whose outcome is not known stays,
 * and so do all records of its time: they tell whose a message is.
 */
async function removeOld({ database, schema, scope }: PostgresStoreOptions): Promise<void> {
  const limit = `least(now() - interval '1 day', (
    select min(least(began, written)) from ${schema}.attempts where scope = $1 and state not in ('sent', 'rejected')))`;
  await database.query(
    `delete from ${schema}.attempts where scope = $1 and state in ('sent', 'rejected') and written < ${limit}`,
    [scope],
  );
  await database.query(`delete from ${schema}.messages where scope = $1 and written < ${limit}`, [scope]);
}
