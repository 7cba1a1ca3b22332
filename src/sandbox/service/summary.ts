import type { Db } from '../store/db.ts';
import { readMessages } from '../store/queries/events.ts';
import { readEvent, type StoredEvent } from './events.ts';
import { withoutQuotes } from './plain-text.ts';
import { type Sentiment, sentimentOf } from './sentiment.ts';

/** Summary of a conversation, made when it is handed off or closed. */
export interface Summary {
  readonly text: string;
  readonly sentiment: Sentiment;
}

const maxQuoteLength = 200;

/**
 * Summarizes a session by fixed rules, without a model: the number of messages, the customer's first and last
 * message, and the sentiment of the last one.
 */
export async function summarize(db: Db, sessionId: string): Promise<Summary> {
  const messages = (await readMessages(db, sessionId)).map(readEvent);
  const fromCustomer = messages.filter((event) => event.sender?.type === 'contact').map(textOf);
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  const share = fromCustomer.length === messages.length ? '' : `, ${fromCustomer.length} of them`;
  const text =
    fromCustomer.length === 0
      ? `${count}; the customer has not written.`
      : `${count}${share} from the customer${quotes(fromCustomer.filter((text) => text !== ''))}`;
  return { text, sentiment: await sentimentOf(fromCustomer.at(-1) ?? '') };
}

function textOf(event: StoredEvent): string {
  return withoutQuotes(event.content?.text ?? '');
}

function quotes([first, ...more]: readonly string[]): string {
  if (first === undefined) return ', without words.';
  const last = more.at(-1);
  if (last === undefined) return `, who wrote: "${truncate(first)}"`;
  return `, who first wrote: "${truncate(first)}", and last: "${truncate(last)}"`;
}

function truncate(text: string): string {
  const characters = [...text];
  return characters.length <= maxQuoteLength ? text : `${characters.slice(0, maxQuoteLength).join('')}...`;
}
