import type { Db } from '../db.ts';
import type { SearchBounds } from '../engine.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** See `FullText.searchContacts`. */
export function searchContacts(db: Db, q: string, bounds: SearchBounds): Promise<ContactRow[]> {
  return db.engine.fullText.searchContacts(db, q, bounds);
}

/** See `FullText.searchMessages`. */
export function searchMessages(db: Db, q: string, bounds: SearchBounds): Promise<EventRow[]> {
  return db.engine.fullText.searchMessages(db, q, bounds);
}
