import type { HistoryItem, Session } from '../../../contract/entities.ts';
import { parseTime } from '../../../text/time-format.ts';
import { checksum } from '../../listing/checksum.ts';

/**
 * A place in an order that is newest first; at the same time, checksums decide. Both are short, because a model copies
 * them in a cursor.
 */
export interface Place {
  /** Milliseconds since 1970; infinite if the API's time cannot be read. */
  readonly at: number;
  readonly sum: string;
}

/** Negative if `one` comes first. */
export function comparePlaces(one: Place, other: Place): number {
  if (one.at !== other.at) return one.at > other.at ? -1 : 1;
  return one.sum < other.sum ? -1 : one.sum > other.sum ? 1 : 0;
}

/** The place of a session by its last change. */
export function placeOfSession({ id, updated_at }: Session): Place {
  return { at: timeOf(updated_at), sum: checksum(id) };
}

/** The place of a session by the time of its creation. */
export function placeOfCreation({ id, created_at }: Session): Place {
  return { at: timeOf(created_at), sum: checksum(id) };
}

function timeOf(time: string): number {
  const at = parseTime(time);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at;
}

/** An entry of a history that was looked for. */
export interface FoundMessage {
  readonly session: Session;
  readonly item: HistoryItem;
  /** Every entry of the history that was read, in reading order. */
  readonly history: readonly HistoryItem[];
  /** The index of `item` in `history`. */
  readonly index: number;
  readonly place: Place;
}

export function foundMessage(
  session: Session,
  history: readonly HistoryItem[],
  index: number,
): FoundMessage | undefined {
  const item = history[index];
  if (item === undefined) return undefined;
  const sum = checksum(`${session.id} ${item.id ?? JSON.stringify(item)}`);
  return { session, item, history, index, place: { at: parseTime(item.created_at), sum } };
}

/** Newest first. Of the same session and time, what is later in the history comes first. */
export function newestFirst(messages: readonly FoundMessage[]): FoundMessage[] {
  return messages.toSorted((one, other) => {
    if (one.place.at !== other.place.at) return other.place.at - one.place.at;
    if (one.session.id !== other.session.id) return one.session.id < other.session.id ? -1 : 1;
    return other.index - one.index;
  });
}

/** Those after the message at `place`, of messages that are newest first. */
export function after(messages: readonly FoundMessage[], place: Place | undefined): FoundMessage[] {
  if (place === undefined) return [...messages];
  const at = messages.findIndex((one) => one.place.at === place.at && one.place.sum === place.sum);
  return at < 0 ? messages.filter((one) => one.place.at < place.at) : messages.slice(at + 1);
}
