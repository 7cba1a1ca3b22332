import type { Db } from '../store/db.ts';
import { readMessages } from '../store/queries/events.ts';
import { readEvent, type StoredEvent } from './events.ts';
import { ownWords } from './plain-text.ts';
import { type Mood, moodOf } from './sentiment.ts';

/** What is said about a conversation when it is handed off or closed. */
export interface Summary {
  readonly text: string;
  readonly sentiment: Mood;
}

const longestQuote = 200;

/**
 * Sums a session up by plain rules, without a model: how many messages, what the customer wrote first and last, and
 * the mood of the last.
 */
export async function summarize(db: Db, sessionId: string): Promise<Summary> {
  const messages = (await readMessages(db, sessionId)).map(readEvent);
  const asked = messages.filter((event) => event.sender?.type === 'contact').map(wordsOf);
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  const share = asked.length === messages.length ? '' : `, ${asked.length} of them`;
  const text =
    asked.length === 0
      ? `${count}; the customer has not written.`
      : `${count}${share} from the customer${quoted(asked.filter((words) => words !== ''))}`;
  return { text, sentiment: await moodOf(asked.at(-1) ?? '') };
}

function wordsOf(event: StoredEvent): string {
  return ownWords(event.content?.text ?? '');
}

function quoted([first, ...more]: readonly string[]): string {
  if (first === undefined) return ', without words.';
  const last = more.at(-1);
  if (last === undefined) return `, who wrote: "${cut(first)}"`;
  return `, who first wrote: "${cut(first)}", and last: "${cut(last)}"`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= longestQuote ? text : `${characters.slice(0, longestQuote).join('')}...`;
}
