import { z } from '../contract/zod.ts';
import { decodeHistoryCursor, encodeHistoryCursor } from '../conversations/reading/history-cursor.ts';
import { markAsRead, readingDeadline, readNewestMessages } from '../conversations/reading/newest-messages.ts';
import { historyPages } from '../conversations/reading/read-history.ts';
import { messageViews } from '../presenters/message.ts';
import { withVerifiedName } from '../presenters/sender-name.ts';
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
      limit: z.number().int().min(1).max(200).describe('Default 20').default(20),
      before: z
        .string()
        .min(1)
        .max(200)
        .describe('Only entries older than this event id or time (UTC)')
        .optional(),
      cursor: z.string().describe('next_cursor, to read on').optional(),
      include_events: z
        .boolean()
        .describe('Also handoffs, status changes, actions, internal notes')
        .default(false),
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

  async run({ session_id, limit, before, cursor, include_events, max_message_chars }, context) {
    const position = cursor === undefined ? { before } : decodeHistoryCursor(session_id, cursor, before);
    const deadline = readingDeadline(context);
    const pages = historyPages(session_id, { ...position, deadline }, context);
    const wanted = {
      ...position,
      limit,
      includeEvents: include_events,
      // Read after each answer, which may tell the API's clock.
      get now() {
        return context.now;
      },
      deadline,
    };
    const window = await readNewestMessages(pages, wanted);
    if (position.before === undefined) await markAsRead(context, session_id, window);
    const verifiedName = context.seenSessions.verifiedNameOf(session_id);
    return { session_id, include_events, max_message_chars, window, verifiedName };
  },

  async present({ session_id, include_events, max_message_chars, window, verifiedName }, context) {
    const views = await messageViews(window.items, max_message_chars, {
      earlier: window.earlier,
      keepQuoted: max_message_chars > defaultMessageCharacters,
      signal: context.signal,
    });
    const messages = withVerifiedName(views, { name: verifiedName });
    const nextCursor = window.readOn && encodeHistoryCursor(session_id, window.readOn);
    const noun = include_events ? 'entries' : 'messages';
    return presentTranscript(session_id, window, messages, noun, context, nextCursor);
  },
});
