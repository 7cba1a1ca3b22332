import type { Db } from '../db.ts';
import type { SearchBounds } from '../engine.ts';
import type { ContactRow, EventRow } from '../tables.ts';

/** Contacts that match, best first; the older of two equals first. */
export function searchContacts(db: Db, q: string, bounds: SearchBounds): Promise<ContactRow[]> {
  return db.engine.fullText.searchContacts(db, q, bounds);
}

/** Message events that match, best first; the newer of two equals first. */
export function searchMessages(db: Db, q: string, bounds: SearchBounds): Promise<EventRow[]> {
  return db.engine.fullText.searchMessages(db, q, bounds);
}
