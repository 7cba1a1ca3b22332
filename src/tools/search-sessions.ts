import { z } from '../contract/zod.ts';
import { findContacts } from '../conversations/reading/find-contacts.ts';
import { presentSearch, SearchView } from '../presenters/search-hits.ts';
import { defineTool, readEffect } from './tool.ts';

export const searchSessions = defineTool({
  name: 'search_sessions',
  title: 'Search support sessions',
  description:
    'Full-text search over contacts and messages. Finds people by name, email or phone and sessions by what was written in them.',
  effect: readEffect,
  input: z
    .object({ query: z.string().trim().min(1).max(500).describe('Name, email, phone number or keywords') })
    .strict(),
  output: SearchView,

  async run({ query }, context) {
    const results = await context.client.searchSessions({ q: query }, context.call);
    return { query, results, found: await findContacts(results.contacts, context) };
  },

  present: ({ query, results, found }, context) => presentSearch(results, query, context, found),
});
