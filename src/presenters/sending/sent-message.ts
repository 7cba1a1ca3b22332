import { z } from '../../contract/zod.ts';
import type { SentMessage } from '../../conversations/sending/send-and-wait.ts';
import type { Replies } from '../../conversations/sending/wait-for-reply.ts';
import { cleanLine } from '../../text/clean.ts';
import { MessageView, messageLines, shortened } from '../message.ts';
import { NextCalls, nextCalls, nextLines } from '../rendering/next-calls.ts';
import { bareToken, dataBlock, placeFacts } from '../rendering/quoting.ts';
import type { PresentContext, Presented } from '../rendering/rendering.ts';
import { fitToSize } from '../rendering/size-limit.ts';

export const SentView = z.object({
  session_id: z.string(),
  message_id: z.string(),
  outcome: z.string().describe('sent, or found in the session after its answer was lost'),
  replies: z.array(MessageView).describe('Messages that followed while the call waited').optional(),
  reply_note: z.string().optional(),
  next: NextCalls,
});

/**
 * A delivered message and, if the call waited, the messages after it.
 * @param messages all messages after it, in reading order.
 */
export function presentSent(
  { sessionId: session_id, outcome, messageId, replies }: SentMessage,
  messages: readonly MessageView[],
  context: PresentContext,
): Presented<z.infer<typeof SentView>> {
  const later = { tool: 'get_session_history', arguments: { session_id, limit: 5 } };
  return fitToSize(messages.length, (n, maxCharacters) => {
    const shown = messages.slice(0, n).map((message) => shortened(message, maxCharacters));
    const cut =
      n < messages.length ? ` Cut to fit one result: ${messages.length - n} later ones are not shown.` : '';
    const view = {
      session_id,
      message_id: cleanLine(messageId),
      outcome,
      ...(replies ? { replies: shown, reply_note: `${waitNote(replies, messages.length)}${cut}` } : {}),
      ...nextCalls(replies && replies.ended !== 'answered' ? [later] : [], context),
    };
    return { view, text: sentText(view, context) };
  });
}

function waitNote({ ended, waitedSeconds, wantedSeconds, ownSeen }: Replies, messages: number): string {
  if (ended === 'answered') return `Answered after ${waitedSeconds} s.`;
  if (ended === 'failed') {
    return `The message was sent, but the history could not be read; the wait ended after ${waitedSeconds} s.`;
  }
  const clamped =
    waitedSeconds < wantedSeconds
      ? ` (${wantedSeconds} s were asked for, but the call had no time left)`
      : '';
  const unseen = ownSeen ? '' : ' The message itself is not in the history yet.';
  const others = messages > 0 ? ' New messages arrived, but not from the other party.' : '';
  return `No reply within ${waitedSeconds} s${clamped}.${unseen}${others}`;
}

function sentText(view: z.infer<typeof SentView>, { nonce }: PresentContext): string {
  const what =
    view.outcome === 'sent'
      ? `Sent to session ${view.session_id}.`
      : `Found in session ${view.session_id}: the API’s answer was lost, but the message is there. Do not send it again.`;
  const { outside, inside } = placeFacts([
    [what],
    [`Message id: ${bareToken(view.message_id)}.`, view.message_id],
  ]);
  return [
    outside.join(' '),
    ...(view.reply_note ? [view.reply_note] : []),
    ...nextLines(view),
    ...dataBlock([...inside, ...messageLines(view.replies ?? [])], nonce),
  ].join('\n');
}
