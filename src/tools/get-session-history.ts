import { z } from '../contract/zod.ts';
import { markAsRead, readingDeadline, readNewestMessages } from '../conversations/reading/newest-messages.ts';
import { messageViews } from '../presenters/message.ts';
import { presentTranscript, TranscriptView } from '../presenters/transcript.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool, readEffect } from './tool.ts';

/** Callers who ask for more also get the earlier mail that messages quote, and whole addresses of links. */
const defaultMessageCharacters = 2000;

export const getSessionHistory = defineTool({
  name: 'get_session_history',
  title: 'Read a session transcript',
  description:
    'Transcript of a session: its newest messages in reading order. Older ones: pass the before of the answer.',
  effect: readEffect,
  input: z
    .object({
      session_id: SessionId,
      limit: z.number().int().min(1).max(200).describe('How many').default(20),
      before: z
        .string()
        .min(1)
        .max(200)
        .describe('Only entries older than this event id or time (UTC)')
        .optional(),
      include_events: z.boolean().describe('Also handoffs, status changes and actions').default(false),
      max_message_chars: z
        .number()
        .int()
        .min(50)
        .max(20_000)
        .describe('Longer texts are cut; over 2000 adds quoted mail, whole links')
        .default(defaultMessageCharacters),
    })
    .strict(),
  output: TranscriptView,

  async run({ session_id, limit, before, include_events, max_message_chars }, context) {
    const { client, call } = context;
    const window = await readNewestMessages(client.historyPages(session_id, call), {
      limit,
      before,
      includeEvents: include_events,
      get now() {
        return context.now;
      },
      deadline: readingDeadline(context),
    });
    if (before === undefined) await markAsRead(context, session_id, window);
    return { session_id, include_events, max_message_chars, window };
  },

  async present({ session_id, include_events, max_message_chars, window }, context) {
    const messages = await messageViews(window.items, max_message_chars, {
      earlier: window.earlier,
      keepQuoted: max_message_chars > defaultMessageCharacters,
      signal: context.signal,
    });
    return presentTranscript(session_id, window, messages, include_events ? 'entries' : 'messages', context);
  },
});
