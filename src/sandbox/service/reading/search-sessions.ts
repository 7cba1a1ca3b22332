import { assumptions } from '../../../contract/assumptions.ts';
import type { SearchQuery, SearchResults } from '../../../contract/search.ts';
import type { z } from '../../../contract/zod.ts';
import { readEvent } from '../events.ts';
import type { Service } from '../service.ts';

/** Part of assumption `search`, whose `value` is the limit for messages. */
const maxContacts = 20;

/**
 * Searches contacts and messages, best match first. Contacts are also found by claimed values, but `name` and `email`
 * return verified values only: the response cannot mark a value as claimed.
 * Source: docs.open.cx/api-reference/chat-sessions/search; assumptions `search`, `searchDepth`.
 */
export async function searchSessions(
  service: Service,
  query: z.infer<typeof SearchQuery>,
): Promise<z.infer<typeof SearchResults>> {
  const { search, searchDepth } = assumptions;
  const { read, engine } = service.store;
  const depth = searchDepth.value;
  const contacts = await engine.fullText.searchContacts(read, query.q, { limit: maxContacts, depth });
  const messages = await engine.fullText.searchMessages(read, query.q, { limit: search.value, depth });
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
