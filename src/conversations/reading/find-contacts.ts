import type { SearchResults, SessionContact } from '../../contract/entities.ts';
import type { Context } from '../context.ts';
import { readingDeadline } from './newest-messages.ts';

/** Pages of the session list that are read: with 25 sessions a page, the 100 most recent ones. */
const maxPages = 4;

/**
 * Finds the contacts of which a search shows neither name nor email, among the contacts of recent sessions. A search
 * finds people by what they claim, but shows verified details only (assumption `search`). A session has both.
 * @returns contacts by id; those that were not found are absent. Reads nothing if no contact lacks its details.
 * @throws only when the call is cancelled.
 */
export async function findContacts(
  hits: SearchResults['contacts'],
  context: Context,
): Promise<ReadonlyMap<string, SessionContact>> {
  const { client, call } = context;
  const wanted = new Set(hits.filter(({ name, email }) => !name && !email).map(({ id }) => id));
  const found = new Map<string, SessionContact>();
  if (wanted.size === 0) return found;
  try {
    let pagesRead = 0;
    for await (const { items } of client.sessionPages({}, { ...call, deadline: readingDeadline(context) })) {
      for (const { contact } of items)
        if (contact && wanted.delete(contact.id)) found.set(contact.id, contact);
      pagesRead += 1;
      if (wanted.size === 0 || pagesRead === maxPages) break;
    }
  } catch (error) {
    // What the search found stands, with or without these details.
    if (call.signal.aborted) throw error;
  }
  return found;
}
