import type { z } from '../../contract/zod.ts';
import type { Waiting } from '../../conversations/outbox/store-draft.ts';
import { isoTime, timeWithAge } from '../../text/time-format.ts';
import { nextCalls, nextLines } from '../rendering/next-calls.ts';
import { omitEmpty, type PresentContext, type Presented } from '../rendering/rendering.ts';
import { type SentView, sentAs } from './sent-message.ts';

/** A message that waits for a person. The conversation is as it was when it was stored. */
export function presentWaiting(
  { draft, isNew, whoDecides }: Waiting,
  context: PresentContext,
): Presented<z.infer<typeof SentView>> {
  const { session } = draft.scene;
  const expires = new Date(draft.expires).toISOString();
  const view = {
    session_id: draft.sessionId,
    outcome: 'waiting_for_approval',
    draft: { number: draft.number, expires: isoTime(expires) },
    ...omitEmpty({ ticket_number: session.ticket_number }),
    sent_as: sentAs(draft.body, session),
    ...nextCalls([{ tool: 'get_session', arguments: { session_id: draft.sessionId } }], context),
  };
  const what = isNew
    ? `Not sent yet: it waits for a person as draft ${draft.number}.`
    : `Not sent yet: the same message waits for a person already, as draft ${draft.number}.`;
  const text = [
    `${what} ${whoDecides} If nobody decides, it expires at ${timeWithAge(expires, context.now)}. Do not send it again: get_session and find_messages tell what became of it.`,
    ...nextLines(view),
  ].join('\n');
  return { view, text };
}
