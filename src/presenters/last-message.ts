import { z } from '../contract/zod.ts';
import type { LastSpeaker } from '../conversations/reading/last-speaker.ts';
import { timeWithAge } from '../text/time-format.ts';
import { MessageView, messageViews, quotedMailNote } from './message.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext } from './rendering/rendering.ts';

/** Whether the customer is waiting for an answer. A "thank you" at the end of a closed conversation needs none. */
export function isCustomerWaiting(lastSpeaker: string, status: string): boolean {
  return lastSpeaker === 'contact' && !status.startsWith('closed');
}

/** The field of a view that says so. */
export const customerWaitingField = {
  customer_waiting: z
    .boolean()
    .describe('The customer wrote last and the session is not closed. Absent if unknown')
    .optional(),
};

/** The fields of a list row about the last message. */
export const lastMessageFields = {
  last_message: MessageView.omit({ event: true, hidden_chars: true, attachments_left_out: true })
    .extend({ attachments: z.number().describe('How many').optional() })
    .optional(),
  ...customerWaitingField,
  last_message_unknown: z.string().describe('Why the last message is not known').optional(),
};
const LastMessageView = z.object(lastMessageFields);
export type LastMessageView = z.infer<typeof LastMessageView>;

const maxExcerptCharacters = 160;

/** @param status of the session. */
export async function lastMessageView(status: string, last: LastSpeaker): Promise<LastMessageView> {
  if ('unknown' in last) return { last_message_unknown: last.unknown };
  if (last.item === undefined) return { customer_waiting: false };
  const [message] = await messageViews([last.item], maxExcerptCharacters);
  if (message === undefined) return { customer_waiting: false };
  const { at, from, name, text, cut_chars, quoted_chars_left_out, attachments } = message;
  const rest = { name, text, cut_chars, quoted_chars_left_out, attachments: attachments?.length };
  return {
    last_message: { at, from, ...omitEmpty(rest) },
    customer_waiting: isCustomerWaiting(from, status),
  };
}

/** One line below the row of the session; none if the last message was not requested. */
export function lastMessageLines(row: LastMessageView, { now }: PresentContext): string[] {
  const { last_message: last, customer_waiting, last_message_unknown: unknown } = row;
  if (unknown !== undefined) return [`  last message not known: ${unknown}`];
  if (customer_waiting === undefined) return [];
  if (last === undefined) return ['  no messages yet'];
  const who = [last.from, last.name && quoted(last.name)].filter(Boolean).join(' ');
  const parts = [
    last.text && quoted(last.text, maxExcerptCharacters),
    last.cut_chars && `(${last.cut_chars} characters left out)`,
    last.quoted_chars_left_out && quotedMailNote(last.quoted_chars_left_out),
    last.attachments && `(attachments: ${last.attachments})`,
  ].filter(Boolean);
  const waiting = customer_waiting ? 'CUSTOMER WAITING, ' : '';
  return [`  ${waiting}last: ${timeWithAge(last.at, now)} ${who}: ${parts.join(' ') || 'no visible text'}`];
}
