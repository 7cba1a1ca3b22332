import { z } from '../contract/zod.ts';
import { presentSession, SessionView } from '../presenters/session.ts';
import { messageViews } from '../presenters/transcript.ts';
import { defineTool, readEffect } from './define-tool.ts';
import { noteRead, readWindow, softDeadline } from './history-window.ts';
import { SessionId } from './session-id.ts';

/** Enough of a message to know what it is about; the transcript tool gives more. */
const maxMessageCharacters = 1000;

export const getSession = defineTool({
  name: 'get_session',
  title: 'Get a support session',
  description:
    'One session: status, channel, contact (verified and claimed identity apart), custom data, handoff; with history_limit also its newest messages.',
  effect: readEffect,
  input: z
    .object({
      session_id: SessionId,
      history_limit: z.number().int().min(0).max(50).describe('Newest messages to include').default(0),
    })
    .strict(),
  output: SessionView,

  async run({ session_id, history_limit }, { client, now, call, lastRead }) {
    // Whichever of the two fails ends the other: a history has many pages.
    const stop = new AbortController();
    const cancel = () => stop.abort(call.signal.reason);
    call.signal.addEventListener('abort', cancel);
    const both = { ...call, signal: stop.signal };
    const wanted = { limit: history_limit, includeEvents: false, now, until: softDeadline(call) };
    try {
      const [session, window] = await Promise.all([
        client.getSession(session_id, both),
        history_limit > 0 ? readWindow(client.historyPages(session_id, both), wanted) : undefined,
      ]);
      if (window) noteRead(lastRead, session_id, window);
      return { session, window };
    } finally {
      call.signal.removeEventListener('abort', cancel);
      stop.abort();
    }
  },

  async present({ session, window }, context) {
    const messages = window && (await messageViews(window.items, maxMessageCharacters));
    return presentSession(session, messages, window, context);
  },
});
