import type { HistoryItem as DocumentedHistoryItem } from './history.ts';
import type { Lenient } from './lenient-schemas.ts';
import type { SearchResults as DocumentedSearchResults } from './search.ts';
import type { SessionContact as DocumentedContact, Session as DocumentedSession } from './session.ts';
import type { z } from './zod.ts';

/** A session as read from the API: documented fields, unknown words as plain strings. */
export type Session = Lenient<z.infer<typeof DocumentedSession>>;

/** The contact inside a session: `name`, `email`, `custom_data` verified, `non_verified_*` claimed. */
export type SessionContact = Lenient<z.infer<typeof DocumentedContact>>;

/** One event of a session's history, a message or anything else. */
export type HistoryItem = Lenient<z.infer<typeof DocumentedHistoryItem>>;

export type SearchResults = Lenient<z.infer<typeof DocumentedSearchResults>>;

/** One page of a list; `next` is the cursor of the following one, absent or null at the end. */
export interface Page<Item> {
  items: Item[];
  next?: string | null | undefined;
}
