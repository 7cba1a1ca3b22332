import { z } from '../contract/zod.ts';
import type { Context } from '../conversations/context.ts';
import { encodeHistoryCursor } from '../conversations/reading/history-cursor.ts';
import { markAsRead } from '../conversations/reading/newest-messages.ts';
import { readSession } from '../conversations/reading/read-session.ts';
import { messageViews } from '../presenters/message.ts';
import { presentSession, SessionView } from '../presenters/session.ts';
import { SessionId } from './input/session-id.ts';
import { defineTool, readEffect } from './tool.ts';

/** Enough of a message to know what it is about; the transcript tool gives more. */
const maxMessageCharacters = 1000;

/** What became of the messages of the caller that a person has to approve. Most servers have no outbox. */
export async function draftsOf(sessionId: string, context: Context) {
  if (context.outbox === undefined) return undefined;
  const { ownDrafts } = await import('../conversations/outbox/own-drafts.ts');
  return ownDrafts({ sessionId }, context);
}

async function partOf(drafts: Awaited<ReturnType<typeof draftsOf>>) {
  return drafts && (await import('../presenters/sending/drafts.ts')).draftsPart(drafts);
}

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

  async run({ session_id, history_limit }, context) {
    const { session, window } = await readSession(session_id, history_limit, context);
    if (window) await markAsRead(context, session_id, window);
    return { session, window, drafts: await draftsOf(session.id, context) };
  },

  async present({ session, window, drafts }, context) {
    const messages =
      window &&
      (await messageViews(window.items, maxMessageCharacters, {
        earlier: window.earlier,
        signal: context.signal,
      }));
    const nextCursor = window?.readOn && encodeHistoryCursor(session.id, window.readOn);
    return presentSession(session, messages, window, context, nextCursor, await partOf(drafts));
  },
});
