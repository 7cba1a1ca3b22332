import { withinBudget } from '../contract/bounded-json.ts';
import { lenientReader, UnreadableError } from '../contract/lenient-schemas.ts';
import type { z } from '../contract/zod.ts';
import { nextTurn } from '../time/clock.ts';
import { InvalidResponseError, type OpenCxError } from './errors.ts';
import { readMessage } from './http/error-message.ts';
import { parseJson } from './http/parse-json.ts';

/**
 * Result of sending a message. `unknown`: the response was lost or unreadable, so the message may or may not be in the
 * session. Check the history before sending it again.
 */
export type SendOutcome =
  | { readonly outcome: 'sent'; readonly messageId: string }
  | { readonly outcome: 'rejected'; readonly error: OpenCxError }
  | { readonly outcome: 'unknown'; readonly error: OpenCxError };

/** No list of the API's documentation comes near this length. */
const maxListItems = 1000;

/** Larger texts are decoded, parsed and read in separate turns of the event loop, so that other calls go on. */
const largeCharacters = 500_000;

/**
 * Reads the answer of a route by its documented schema, leniently.
 * @throws InvalidResponseError
 */
export async function readAnswer<T>(schema: z.AnyZodObject, text: string): Promise<T> {
  const isLarge = text.length > largeCharacters;
  if (isLarge) await nextTurn();
  const affordable = withinBudget(text);
  if (affordable === undefined) {
    throw new InvalidResponseError('The API answered with success, but its body has too many values.');
  }
  if (isLarge) await nextTurn();
  const body = parseBody(affordable.text);
  if (isLarge) await nextTurn();
  const leftOut = affordable.leftOut + shortenLists(body);
  try {
    const answer = lenientReader(schema)(body) as T & object;
    // Only pages are read one after the other, so only theirs add up.
    return 'items' in answer
      ? {
          ...answer,
          ...(isLarge ? { characters: text.length } : {}),
          ...(leftOut > 0 ? { left_out: leftOut } : {}),
        }
      : answer;
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new InvalidResponseError(
      `The API answered with success, but its body is not as documented (${[error.path.join('.'), error.message].filter(Boolean).join(': ')}).`,
    );
  }
}

/** Shortens the lists of an answer that are far longer than documented. @returns the number of items removed. */
function shortenLists(body: unknown): number {
  let removed = 0;
  // The values of a text would be its characters.
  if (typeof body !== 'object' || body === null) return 0;
  for (const list of Object.values(body)) {
    if (Array.isArray(list)) removed += list.splice(maxListItems).length;
  }
  return removed;
}

/** Only the documented answer means `sent`. What any other 2xx means is not known. */
export function readSent(text: string, apiKey: string): SendOutcome {
  const body = parseBody(text) as { success?: unknown; data?: { message?: { id?: unknown } } } | null;
  const messageId = body?.success === true ? body.data?.message?.id : undefined;
  if (typeof messageId === 'string' && messageId.trim() !== '') return { outcome: 'sent', messageId };
  const message = 'The API answered with success, but without the id of the message.';
  const apiMessage = readMessage(text, apiKey);
  return { outcome: 'unknown', error: new InvalidResponseError(message, { apiMessage }) };
}

/** @throws InvalidResponseError if it is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return parseJson(withinBudget(text)?.text ?? '');
  } catch {
    throw new InvalidResponseError('The API answered with success, but its body is not JSON.');
  }
}
