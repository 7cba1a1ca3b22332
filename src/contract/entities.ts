import type { HistoryItem as DocumentedHistoryItem } from './history.ts';
import type { Lenient } from './lenient-schemas.ts';
import type { SearchResults as DocumentedSearchResults } from './search.ts';
import type { SessionContact as DocumentedContact, Session as DocumentedSession } from './session.ts';
import type { z } from './zod.ts';

/**
 * A session as read from the API: the documented fields, with enums widened to `string`. `summary` is not documented,
 * but a client of 2026 reads it (TicketSwap/tap-opencx), so it may hold anything.
 * @interface
 */
export type Session = Lenient<z.infer<typeof DocumentedSession>> & { summary?: unknown };

/**
 * The contact of a session. `name`, `email` and `custom_data` are verified; `non_verified_*` are claimed.
 * @interface
 */
export type SessionContact = Lenient<z.infer<typeof DocumentedContact>>;

/**
 * One event of a session's history: a message, a handoff, a status change, ...
 * @interface
 */
export type HistoryItem = Lenient<z.infer<typeof DocumentedHistoryItem>>;

/**
 * Contacts and messages that match a search.
 * @interface
 */
export type SearchResults = Lenient<z.infer<typeof DocumentedSearchResults>> & {
  /** Contacts and messages that could not be read and were left out. */
  unreadable?: number;
};

/** One page of a list. `next` is the cursor of the next page; null or absent on the last one. */
export interface Page<Item> {
  items: Item[];
  next?: string | null | undefined;
  /** Records that could not be read and were left out. */
  unreadable?: number;
  /** Items that were not read, because the page had far too many. Absent if there are none. */
  left_out?: number;
  /** Size of the page as it was received. Absent if it is small or unknown. */
  characters?: number;
}
