import { z } from '../contract/zod.ts';
import { SearchView } from '../presenters/search/search-view.ts';
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

  async run({ query }, context) {
    const { searchConversations } = await import('../conversations/reading/search-conversations.ts');
    return { query, search: await searchConversations(query, context) };
  },

  async present({ query, search }, context) {
    const { presentSearch } = await import('../presenters/search/search-hits.ts');
    return presentSearch(search, query, context);
  },
});
