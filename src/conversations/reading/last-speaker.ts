import type { HistoryItem, Session } from '../../contract/entities.ts';
import { partyOf } from '../../contract/history.ts';
import type { Deadline } from '../../time/deadline.ts';
import type { Context } from '../context.ts';
import { readingDeadline, readNewestMessages } from './newest-messages.ts';
import { historyPages } from './read-history.ts';

/**
 * Who spoke last in a session: the message, undefined if there is none yet, and the messages before it that were read;
 * or the reason why it is not known.
 */
export type LastSpeaker =
  | { readonly item: HistoryItem | undefined; readonly earlier?: readonly HistoryItem[] }
  | { readonly unknown: string };

/** Histories read in parallel: fast enough for fifty, and other calls still get their turn. */
const parallel = 8;

/** A history waits this long for the rate budget. Otherwise the rest is reported as unknown. */
const maxWaitMs = 3000;

/** Newest messages read: after the last one of a person or the AI there may be system notes. */
const newest = 10;

/**
 * Finds out who spoke last in each session, at one request for each, or more if its history is long. A history that
 * cannot be read, or not in time, is reported as unknown; the others are not affected.
 * @returns one answer for each session, in the same order.
 * @throws only when the call is cancelled.
 */
export async function readLastSpeakers(
  sessions: readonly Session[],
  context: Context,
): Promise<readonly LastSpeaker[]> {
  const deadline = readingDeadline(context);
  const speakers: LastSpeaker[] = [];
  const queue = sessions.entries();
  const work = async () => {
    for (const [index, session] of queue) {
      speakers[index] = deadline.hasPassed
        ? { unknown: reasons.timeout }
        : await readLastSpeaker(session, deadline, context);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return speakers;
}

async function readLastSpeaker(
  { id, updated_at: updatedAt }: Session,
  deadline: Deadline,
  context: Context,
): Promise<LastSpeaker> {
  const { call, now } = context;
  try {
    const patient = { ...context, call: { ...call, maxWaitMs } };
    const pages = historyPages(id, { updatedAt, deadline }, patient);
    const window = await readNewestMessages(pages, { limit: newest, includeEvents: false, now, deadline });
    const last = window.items.findLastIndex(({ event }) => partyOf(event.sender?.type) !== 'system');
    const item = window.items[last];
    if (window.interrupted && !window.newestReached) return { unknown: reasons.other };
    if (!window.newestReached) return { unknown: 'its history is too long to be read to its end' };
    if (item === undefined && window.olderExist) {
      return { unknown: 'its newest messages all come from the system' };
    }
    return { item, earlier: [...(window.earlier ?? []), ...window.items.slice(0, Math.max(0, last))] };
  } catch (error) {
    if (call.signal.aborted) throw error;
    const { kind } = error as { kind?: keyof typeof reasons };
    return { unknown: reasons[kind ?? 'other'] ?? reasons.other };
  }
}

const reasons = {
  timeout: 'there was no time left to read its history',
  rate_limited: 'the rate budget left no request to read its history',
  other: 'its history could not be read',
} as const;
