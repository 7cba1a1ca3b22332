import { z } from '../contract/zod.ts';
import { encodeCursor } from '../conversations/listing/cursor.ts';
import { continueAfter, readSessionList } from '../conversations/listing/list-sessions.ts';
import { lastMessageView } from '../presenters/last-message.ts';
import { readingNote } from '../presenters/reading-note.ts';
import { presentSessionList, SessionListView } from '../presenters/session-list.ts';
import { sessionFilters } from './input/session-filters.ts';
import { defineTool, readEffect } from './tool.ts';

export const listSessions = defineTool({
  name: 'list_sessions',
  title: 'List support sessions',
  description:
    'List support sessions (conversations), filtered. Waiting for a human: status open, handed_off true. Times: ISO 8601, a date, or an age (24h, 7d); without an offset UTC; bounds are exclusive.',
  effect: readEffect,
  input: z
    .object({
      ...sessionFilters,
      limit: z
        .number()
        .int()
        .min(1)
        .max(100)
        .describe('Default 20; with include_last_message 10, at most 50')
        .optional(),
      cursor: z.string().describe('next_cursor of the previous page, without filters').optional(),
      include_last_message: z
        .boolean()
        .describe('Adds the last message and whether the customer waits: one more request per session')
        .optional(),
    })
    .strict(),
  output: SessionListView,

  run({ limit, cursor, include_last_message: withLastSpeaker, ...filters }, context) {
    return readSessionList({ filters, limit, cursor, withLastSpeaker }, context);
  },

  async present(listing, context) {
    const { sessions, more, lastSpeakers } = listing;
    const views = lastSpeakers?.flatMap((last, index) => {
      const session = sessions[index];
      return session ? [lastMessageView(session, last, context.signal)] : [];
    });
    const lastMessages = views && (await Promise.all(views));
    const cursorAfter = (n: number) => encodeCursor(continueAfter(listing, n));
    const { matches, coverage } = listing;
    const extras = { note: readingNote(listing), lastMessages, matches, coverage };
    return presentSessionList(sessions, more, cursorAfter, context, extras);
  },
});
