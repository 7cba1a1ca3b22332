import { type Db, locksReads } from '../db.ts';
import type { SessionRow, TeamRow } from '../tables.ts';

/** What the list can be narrowed by; bounds are exclusive and in the stored form of a time. */
export interface SessionFilters {
  readonly status?: SessionRow['status'] | undefined;
  readonly channel?: string | undefined;
  readonly handedOff?: boolean | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly updatedAfter?: string | undefined;
  readonly updatedBefore?: string | undefined;
}

/** A place in the list: the session it was last read to. */
export interface SessionPlace {
  readonly createdAt: string;
  readonly id: string;
}

export async function insertSessions(db: Db, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('sessions').values(rows).execute();
}

/** Inside a write, a session that is found stays as it is until the write ends. */
export async function findSession(db: Db, id: string): Promise<SessionRow | undefined> {
  // PostgreSQL refuses even to look for such a text.
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
 * So many sessions, changed within the bounds that are asked for, are sorted; where there are more, the list is read
 * in its order, and the page is full before long.
 */
const fewChanged = 1000;

/**
 * Sessions after a place, newest first: at most `limit`.
 * @param few decides how they are found, not which.
 */
export async function readSessions(
  db: Db,
  filters: SessionFilters,
  after: SessionPlace | undefined,
  limit: number,
  few = fewChanged,
): Promise<SessionRow[]> {
  let query = db.selectFrom('sessions').selectAll();
  if (filters.status !== undefined) query = query.where('status', '=', filters.status);
  if (filters.channel !== undefined) query = query.where('channel', '=', filters.channel);
  if (filters.handedOff !== undefined) query = query.where('handed_off', '=', filters.handedOff ? 1 : 0);
  if (filters.createdAfter !== undefined) query = query.where('created_at', '>', filters.createdAfter);
  if (filters.createdBefore !== undefined) query = query.where('created_at', '<', filters.createdBefore);
  if (filters.updatedAfter !== undefined || filters.updatedBefore !== undefined) {
    // Read in its order, a list of what changed in the last minutes would pass by every session there is.
    if (await changedFewer(db, filters, few)) {
      query = query.where('id', 'in', changed(db, filters).select('id'));
    } else {
      if (filters.updatedAfter !== undefined) query = query.where('updated_at', '>', filters.updatedAfter);
      // None is changed before it is created, so the list is entered where this bound is.
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

async function changedFewer(db: Db, filters: SessionFilters, than: number): Promise<boolean> {
  const row = await db
    .selectFrom(changed(db, filters).select('updated_at').limit(than).as('some'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count < than;
}

export async function hasSessions(db: Db): Promise<boolean> {
  return (await db.selectFrom('sessions').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/**
 * Takes ticket numbers, as many as given; a transaction that is rolled back gives them back.
 * @returns the first of them.
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
