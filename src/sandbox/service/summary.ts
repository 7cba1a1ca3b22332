import type { SessionRow } from '../store/tables.ts';
import type { StoredEvent } from './events.ts';

/** What is said about a conversation when it is handed off or closed. */
export interface Summary {
  readonly text: string;
  readonly sentiment: NonNullable<SessionRow['sentiment']>;
}

const longestQuote = 200;

/**
 * Sums a conversation up by plain rules, without a model: how many messages, what the customer asked first, and
 * a mood read from words of the customer's last message (English only; neutral where none of them occurs).
 * @param messages the message events, oldest first.
 */
export function summarize(messages: readonly StoredEvent[]): Summary {
  const asked = messages.filter((event) => event.sender?.type === 'contact').map(textOf);
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  const first = asked[0];
  const text =
    first === undefined
      ? `${count}; the customer has not written.`
      : `${count}, ${asked.length} of them from the customer, who first wrote: "${cut(first)}"`;
  return { text, sentiment: mood(asked.at(-1) ?? '') };
}

function textOf(event: StoredEvent): string {
  return (event.content?.text ?? '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= longestQuote ? text : `${characters.slice(0, longestQuote).join('')}...`;
}

function mood(text: string): Summary['sentiment'] {
  if (/\b(unacceptable|ridiculous|furious|angry|outrageous|fed up)\b/i.test(text)) return 'angry';
  if (/\b(thanks|thank you|perfect|wonderful|brilliant)\b/i.test(text)) return 'happy';
  return 'neutral';
}
