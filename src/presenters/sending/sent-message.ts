import { z } from '../../contract/zod.ts';
import type { SentMessage } from '../../conversations/sending/send-and-wait.ts';
import type { Replies } from '../../conversations/sending/wait-for-reply.ts';
import { cleanLine } from '../../text/clean.ts';
import { contactLabel, customDataFields, customDataText, customDataView } from '../contact.ts';
import { MessageView, messageLines, shortened } from '../message.ts';
import { NextCalls, nextCalls, nextLines } from '../rendering/next-calls.ts';
import { bareToken, dataBlock, placeFacts } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from '../rendering/rendering.ts';
import { fitToSize } from '../rendering/size-limit.ts';
import { senderText } from '../sender-name.ts';
import { ticketText } from '../session.ts';

export const SentView = z.object({
  session_id: z.string(),
  message_id: z.string().optional(),
  outcome: z.string().describe('sent, found (in the session; its answer was lost) or waiting_for_approval'),
  draft: z.object({ number: z.number(), expires: z.string() }).describe('What waits for a person').optional(),
  ticket_number: z.number().optional(),
  status: z.string().describe('Of the session, after the send').optional(),
  sent_as: MessageView.pick({ from: true, name: true, claimed_name: true }),
  ...customDataFields,
  session_note: z.string().optional(),
  replies: z.array(MessageView).describe('Messages that followed while the call waited').optional(),
  reply_note: z.string().optional(),
  next: NextCalls,
});

/**
 * A delivered message and, if the call waited, the messages after it.
 * @param messages all messages after it, in reading order.
 */
export function presentSent(
  { sessionId: session_id, outcome, messageId, body, session, replies }: SentMessage,
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
      ...sessionAfter(session, maxCharacters, body.custom_data !== undefined),
      sent_as: sentAs(body, session),
      ...(replies ? { replies: shown, reply_note: `${waitNote(replies, messages.length)}${cut}` } : {}),
      ...nextCalls(replies && replies.ended !== 'answered' ? [later] : [], context),
    };
    return presented(view, (shown) => sentText(shown, context), context);
  });
}

/** The session after the send. Its data is shown only if the message changed it. */
function sessionAfter(session: SentMessage['session'], maxCharacters: number, changesData: boolean) {
  if (session === undefined) {
    return { session_note: 'The session could not be read after the send: its status is not known.' };
  }
  return {
    ...omitEmpty({ ticket_number: session.ticket_number }),
    status: cleanLine(session.status),
    ...(changesData ? customDataView(session.custom_data, maxCharacters) : {}),
  };
}

/** Under which name the message stands. */
export function sentAs({ sender, agent }: SentMessage['body'], session: SentMessage['session']) {
  if (sender === 'agent')
    return { from: sender, ...omitEmpty({ name: agent?.name && cleanLine(agent.name) }) };
  const { name, claimed } = contactLabel(session ?? {}) ?? {};
  return { from: sender, ...omitEmpty(claimed ? { claimed_name: name } : { name }) };
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
  const ticket = ticketText(view.ticket_number) || 'unknown';
  const { outside, inside } = placeFacts([
    [what],
    [`Message id: ${bareToken(view.message_id ?? '')}.`, view.message_id],
    ...(view.status === undefined
      ? []
      : [[`Ticket ${ticket} is ${bareToken(view.status)}.`, view.status] as const]),
  ]);
  const data = customDataText(view);
  const { from, name, claimed_name } = view.sent_as;
  const isNamed = name !== undefined || claimed_name !== undefined;
  return [
    [...outside, ...(isNamed ? [] : [`It was sent as ${from}, without a name.`])].join(' '),
    ...(view.session_note ? [view.session_note] : []),
    ...(view.reply_note ? [view.reply_note] : []),
    ...nextLines(view),
    ...dataBlock(
      [
        ...inside,
        ...(isNamed ? [`sent as ${senderText(view.sent_as)}`] : []),
        ...(data ? [`session ${data}`] : []),
        ...messageLines(view.replies ?? []),
      ],
      nonce,
    ),
  ].join('\n');
}
