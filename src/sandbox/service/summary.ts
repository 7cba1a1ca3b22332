import { readMessages } from '../store/events.ts';
import type { Db } from '../store/store.ts';
import { readEvent, type StoredEvent } from './events.ts';
import { oneLine } from './plain-text.ts';
import { type Mood, moodOf } from './sentiment.ts';

/** What is said about a conversation when it is handed off or closed. */
export interface Summary {
  readonly text: string;
  readonly sentiment: Mood;
}

const longestQuote = 200;

/**
 * Sums a session up by plain rules, without a model: how many messages, what the customer asked first, and the mood
 * of the customer's last message.
 */
export async function summarize(db: Db, sessionId: string): Promise<Summary> {
  const messages = (await readMessages(db, sessionId)).map(readEvent);
  const asked = messages.filter((event) => event.sender?.type === 'contact').map(textOf);
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  const first = asked[0];
  const text =
    first === undefined
      ? `${count}; the customer has not written.`
      : `${count}, ${asked.length} of them from the customer, who first wrote: "${cut(oneLine(first))}"`;
  return { text, sentiment: await moodOf(asked.at(-1) ?? '') };
}

function textOf(event: StoredEvent): string {
  return event.content?.text ?? '';
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= longestQuote ? text : `${characters.slice(0, longestQuote).join('')}...`;
}
