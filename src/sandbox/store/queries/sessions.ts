import { type Db, locksReads } from '../db.ts';
import type { SessionRow, TeamRow } from '../tables.ts';

/** Filters of the list. Time bounds are exclusive and in the stored format. */
export interface SessionFilters {
  readonly status?: SessionRow['status'] | undefined;
  readonly channel?: string | undefined;
  readonly handedOff?: boolean | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly updatedAfter?: string | undefined;
  readonly updatedBefore?: string | undefined;
}

/** A position in the list: the last session that was read. */
export interface SessionPosition {
  readonly createdAt: string;
  readonly id: string;
}

export async function insertSessions(db: Db, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('sessions').values(rows).execute();
}

/** In a write transaction, the session does not change before the transaction ends. */
export async function findSession(db: Db, id: string): Promise<SessionRow | undefined> {
  // PostgreSQL rejects a NUL character even in a search value.
  if (id.includes('\0')) return undefined;
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .$if(locksReads(db), (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
}

export async function changeSession(db: Db, id: string, change: Partial<SessionRow>): Promise<void> {
  await db.updateTable('sessions').set(change).where('id', '=', id).execute();
}

/**
 * With fewer matches of the `updated_at` filter than this, the query selects the matches by index and sorts them. With
 * more, it reads the list in order, which fills a page soon.
 */
const sortBelow = 1000;

/**
 * Sessions after a position, newest first: at most `limit`.
 * @param maxSorted chooses the query plan; it does not affect the result.
 */
export async function readSessions(
  db: Db,
  filters: SessionFilters,
  after: SessionPosition | undefined,
  limit: number,
  maxSorted = sortBelow,
): Promise<SessionRow[]> {
  let query = db.selectFrom('sessions').selectAll();
  if (filters.status !== undefined) query = query.where('status', '=', filters.status);
  if (filters.channel !== undefined) query = query.where('channel', '=', filters.channel);
  if (filters.handedOff !== undefined) query = query.where('handed_off', '=', filters.handedOff ? 1 : 0);
  if (filters.createdAfter !== undefined) query = query.where('created_at', '>', filters.createdAfter);
  if (filters.createdBefore !== undefined) query = query.where('created_at', '<', filters.createdBefore);
  if (filters.updatedAfter !== undefined || filters.updatedBefore !== undefined) {
    // In list order, a filter for the last few minutes would scan all sessions.
    if (await hasFewerChanged(db, filters, maxSorted)) {
      query = query.where('id', 'in', changed(db, filters).select('id'));
    } else {
      if (filters.updatedAfter !== undefined) query = query.where('updated_at', '>', filters.updatedAfter);
      // A session is never updated before it is created, so the bound holds for `created_at`, too.
      if (filters.updatedBefore !== undefined) {
        query = query
          .where('updated_at', '<', filters.updatedBefore)
          .where('created_at', '<', filters.updatedBefore);
      }
    }
  }
  if (after) {
    query = query.where((eb) =>
      eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)),
    );
  }
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

function changed(db: Db, { updatedAfter, updatedBefore }: SessionFilters) {
  return db
    .selectFrom('sessions')
    .$if(updatedAfter !== undefined, (query) => query.where('updated_at', '>', updatedAfter ?? ''))
    .$if(updatedBefore !== undefined, (query) => query.where('updated_at', '<', updatedBefore ?? ''));
}

async function hasFewerChanged(db: Db, filters: SessionFilters, count: number): Promise<boolean> {
  const row = await db
    .selectFrom(changed(db, filters).select('updated_at').limit(count).as('some'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count < count;
}

/** A session that changed, and the `seq` of its last event; null if it has none. */
export interface ChangedRow {
  readonly id: string;
  readonly updated_at: string;
  readonly last_event: number | null;
}

/** Sessions that changed at this time or later, the newest change first: at most `limit`. */
export async function readLatestChanges(db: Db, since: string, limit: number): Promise<ChangedRow[]> {
  return db
    .selectFrom('sessions')
    .select(({ selectFrom }) => [
      'id',
      'updated_at',
      selectFrom('events')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .whereRef('events.session_id', '=', 'sessions.id')
        .as('last_event'),
    ])
    .where('updated_at', '>=', since)
    .orderBy('updated_at', 'desc')
    .limit(limit)
    .execute();
}

export async function hasSessions(db: Db): Promise<boolean> {
  return (await db.selectFrom('sessions').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/**
 * Takes consecutive ticket numbers. A rollback returns them.
 * @returns the first number.
 */
export async function takeTicketNumbers(db: Db, count: number): Promise<number> {
  const row = await db
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', count) }))
    .where('name', '=', 'ticket')
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value - count + 1;
}

export async function insertTeams(db: Db, rows: readonly TeamRow[]): Promise<void> {
  await db.insertInto('teams').values(rows).execute();
}

export async function findTeams(db: Db, ids: readonly string[]): Promise<Map<string, TeamRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('teams').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
