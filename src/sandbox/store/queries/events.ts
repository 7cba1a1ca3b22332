import type { Db } from '../db.ts';
import type { EventRow } from '../tables.ts';

/** A position in a history: the last event that was read. */
export interface EventPosition {
  readonly createdAt: string;
  readonly seq: number;
}

/** An event to add. `searchable` is the text and sender to index. */
export interface NewEvent {
  readonly row: Omit<EventRow, 'seq'>;
  readonly searchable?: { readonly text: string; readonly sender: string } | undefined;
}

/** Adds events in this order. */
export async function insertEvents(db: Db, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const stored = await db
    .insertInto('events')
    .values(events.map(({ row }) => row))
    .returning(['id', 'seq'])
    .execute();
  const seqs = new Map(stored.map(({ id, seq }) => [id, seq]));
  const messages = events.flatMap(({ row, searchable }) => {
    const seq = seqs.get(row.id);
    return searchable && seq !== undefined ? [{ seq, ...searchable }] : [];
  });
  if (messages.length > 0) await db.engine.fullText.indexMessages(db, messages);
}

/** Events of a session after a position, oldest first: at most `limit`. */
export async function readEvents(
  db: Db,
  sessionId: string,
  after: EventPosition | undefined,
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

/** The latest messages of a session, or the latest up to an event, oldest first: at most `limit`. */
export async function readLatestMessages(
  db: Db,
  sessionId: string,
  limit: number,
  upTo?: EventRow,
): Promise<EventRow[]> {
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where('type', '=', 'message');
  if (upTo) query = query.where('seq', '<=', upTo.seq);
  const rows = await query.orderBy('created_at', 'desc').orderBy('seq', 'desc').limit(limit).execute();
  return rows.reverse();
}

export async function findEvent(db: Db, id: string): Promise<EventRow | undefined> {
  return db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst();
}
