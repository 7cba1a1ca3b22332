import { assumptions } from '../../../contract/assumptions.ts';
import type { SearchQuery, SearchResults } from '../../../contract/search.ts';
import type { z } from '../../../contract/zod.ts';
import { searchContacts, searchMessages } from '../../store/queries/search.ts';
import { readEvent } from '../events.ts';
import type { Service } from '../service.ts';

/** Stands in words in assumption `search`, whose number is that of the messages. */
const maxContacts = 20;

/**
 * Contacts and messages that match, best first. Contacts are also found by what they claimed, but `name` and
 * `email` show the verified values only: the answer has no way to mark a claim. Source: facts, "Search";
 * assumptions `search`, `searchDepth`.
 */
export async function searchSessions(
  service: Service,
  query: z.infer<typeof SearchQuery>,
): Promise<z.infer<typeof SearchResults>> {
  const { search, searchDepth } = assumptions;
  const depth = searchDepth.value;
  const contacts = await searchContacts(service.store.read, query.q, { limit: maxContacts, depth });
  const messages = await searchMessages(service.store.read, query.q, { limit: search.value, depth });
  return {
    contacts: contacts.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      phone: row.phone_number,
    })),
    messages: messages.map((row) => ({
      id: row.id,
      session_id: row.session_id,
      message: readEvent(row).content?.text ?? '',
      type: row.type,
    })),
  };
}
