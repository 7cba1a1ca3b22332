import { z } from '../contract/zod.ts';
import type { LastSpeaker } from '../conversations/reading/last-speaker.ts';
import { timeWithAge } from '../text/time-format.ts';
import { MessageView, messageViews, quotedMailNote } from './message.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext } from './rendering/rendering.ts';

/** Whether the customer waits for an answer: thanks at the end of a closed conversation wait for nothing. */
export function customerWaits(lastWordFrom: string, status: string): boolean {
  return lastWordFrom === 'contact' && !status.startsWith('closed');
}

/** The member of a view that says so. */
export const customerWaitingMember = {
  customer_waiting: z
    .boolean()
    .describe(
      'The last word is the customer’s, and the session is not closed. Absent where that is not known',
    )
    .optional(),
};

/** What a row of a list says of it. */
export const lastMessageMembers = {
  last_message: MessageView.omit({ event: true, hidden_chars: true, attachments_left_out: true })
    .extend({ attachments: z.number().describe('How many').optional() })
    .optional(),
  ...customerWaitingMember,
  last_message_unknown: z.string().describe('Why the last message is not known').optional(),
};
const LastMessageView = z.object(lastMessageMembers);
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
    customer_waiting: customerWaits(from, status),
  };
}

/** One line below the row of the session, or none where nobody asked. */
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
