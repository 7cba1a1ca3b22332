import { z } from '../contract/zod.ts';
import { searchConversations } from '../conversations/reading/search-conversations.ts';
import { presentSearch, SearchView } from '../presenters/search/search-hits.ts';
import { defineTool, readEffect } from './tool.ts';

export const searchSessions = defineTool({
  name: 'search_sessions',
  title: 'Search support sessions',
  description: 'Full-text search: people by name, email or phone, and sessions by what was written in them.',
  effect: readEffect,
  input: z
    .object({ query: z.string().trim().min(1).max(500).describe('Name, email, phone number or keywords') })
    .strict(),
  output: SearchView,

  run: async ({ query }, context) => ({ query, search: await searchConversations(query, context) }),

  present: ({ query, search }, context) => presentSearch(search, query, context),
});
