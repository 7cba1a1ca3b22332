import type { Session } from '../contract/entities.ts';
import { z } from '../contract/zod.ts';
import type { LastSpeaker } from '../conversations/reading/last-speaker.ts';
import { isoTime, timeWithAge } from '../text/time-format.ts';
import { MessageView, messageViews, quotedMailNote, unsafeMarkupNote } from './message.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext } from './rendering/rendering.ts';
import { isFromCustomer, senderText, senderView, withVerifiedName } from './sender-name.ts';

/** Whether the customer is waiting for an answer. A "thank you" at the end of a closed conversation needs none. */
export function isCustomerWaiting(lastSpeaker: string, status: string): boolean {
  return isFromCustomer(lastSpeaker) && !status.startsWith('closed');
}

/**
 * Of messages in reading order, the first that the customer wrote after the last answer. A customer who asks again has
 * waited since then, and not since the last message.
 */
export function firstUnanswered<Message>(
  messages: readonly Message[],
  fromOf: (message: Message) => string,
): Message | undefined {
  const spoken = messages.filter((message) => fromOf(message) !== 'system');
  return spoken[spoken.findLastIndex((message) => !isFromCustomer(fromOf(message))) + 1];
}

/** The fields of a view that say so. */
export const customerWaitingFields = {
  customer_waiting: z
    .boolean()
    .describe('The customer, or an unknown sender, wrote last and the session is open. Absent if not known')
    .optional(),
  waiting_since: z
    .string()
    .describe('When the customer first wrote after the last answer, if not with the last message')
    .optional(),
};

/** The fields of a list row about the last message. */
export const lastMessageFields = {
  last_message: MessageView.omit({
    event: true,
    internal: true,
    hidden_chars: true,
    attachments_left_out: true,
  })
    .extend({ attachments: z.number().describe('How many').optional() })
    .optional(),
  ...customerWaitingFields,
  last_message_unknown: z.string().describe('Why the last message is not known').optional(),
};
const LastMessageView = z.object(lastMessageFields);
export type LastMessageView = z.infer<typeof LastMessageView>;

const maxExcerptCharacters = 160;

export async function lastMessageView(
  session: Session,
  last: LastSpeaker,
  signal?: AbortSignal,
): Promise<LastMessageView> {
  if ('unknown' in last) return { last_message_unknown: last.unknown };
  if (last.item === undefined) return { customer_waiting: false };
  const { earlier } = last;
  const messages = await messageViews([last.item], maxExcerptCharacters, { earlier, signal });
  const [message] = withVerifiedName(messages, session.contact);
  const { at, from, attachments, ...others } = message as MessageView;
  const { name, claimed_name, text, cut_chars, quoted_chars_left_out, unsafe_chars } = others;
  const words = { name, claimed_name, text, cut_chars, quoted_chars_left_out, unsafe_chars };
  const rest = { ...words, attachments: attachments?.length };
  const isWaiting = isCustomerWaiting(from, session.status);
  const since = firstUnanswered(
    [...(earlier ?? []), last.item],
    ({ event }) => senderView(event.sender).from,
  );
  return {
    last_message: { at, from, ...omitEmpty(rest) },
    customer_waiting: isWaiting,
    ...(isWaiting && since && since !== last.item && { waiting_since: isoTime(since.created_at) }),
  };
}

/** One line below the row of the session; none if the last message was not requested. */
export function lastMessageLines(row: LastMessageView, { now }: PresentContext): string[] {
  const { last_message: last, customer_waiting, waiting_since, last_message_unknown: unknown } = row;
  if (unknown !== undefined) return [`  last message not known: ${unknown}`];
  if (customer_waiting === undefined) return [];
  if (last === undefined) return ['  no messages yet'];
  const parts = [
    last.text && quoted(last.text, maxExcerptCharacters),
    last.cut_chars && `(${last.cut_chars} characters left out)`,
    last.quoted_chars_left_out && quotedMailNote(last.quoted_chars_left_out),
    last.unsafe_chars && unsafeMarkupNote(last.unsafe_chars),
    last.attachments && `(attachments: ${last.attachments})`,
  ].filter(Boolean);
  const since = waiting_since === undefined ? '' : ` since ${timeWithAge(waiting_since, now)}`;
  const waiting = customer_waiting ? `CUSTOMER WAITING${since}, ` : '';
  return [
    `  ${waiting}last: ${timeWithAge(last.at, now)} ${senderText(last)}: ${parts.join(' ') || 'no visible text'}`,
  ];
}
