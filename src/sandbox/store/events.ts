import { indexMessage } from './search.ts';
import type { Db } from './store.ts';
import type { EventRow } from './tables.ts';

/** A place in a history: the event it was last read to. */
export interface EventPlace {
  readonly createdAt: string;
  readonly seq: number;
}

/** Adds an event; `searchable` is the message's text and sender as search should find them. */
export async function insertEvent(
  db: Db,
  row: Omit<EventRow, 'seq'>,
  searchable?: { text: string; sender: string },
): Promise<void> {
  const { seq } = await db.insertInto('events').values(row).returning('seq').executeTakeFirstOrThrow();
  if (searchable) await indexMessage(db, seq, searchable.text, searchable.sender);
}

/** Events of a session after a place, oldest first: at most `limit`. */
export async function readEvents(
  db: Db,
  sessionId: string,
  after: EventPlace | undefined,
  limit: number,
): Promise<EventRow[]> {
  let query = db.selectFrom('events').selectAll().where('session_id', '=', sessionId);
  if (after) {
    query = query.where((eb) =>
      eb(eb.refTuple('created_at', 'seq'), '>', eb.tuple(after.createdAt, after.seq)),
    );
  }
  return query.orderBy('created_at').orderBy('seq').limit(limit).execute();
}

/** All messages of a session, oldest first. */
export async function readMessages(db: Db, sessionId: string): Promise<EventRow[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('type', '=', 'message')
    .orderBy('created_at')
    .orderBy('seq')
    .execute();
}
