import type { Db } from './store.ts';
import type { ContactRow, EventRow } from './tables.ts';

/** Contacts that match, best first. */
export function searchContacts(db: Db, q: string, limit: number): Promise<ContactRow[]> {
  return db.engine.fullText.searchContacts(db, q, limit);
}

/** Message events that match, best first; the newer of two equals first. */
export function searchMessages(db: Db, q: string, limit: number): Promise<EventRow[]> {
  return db.engine.fullText.searchMessages(db, q, limit);
}
