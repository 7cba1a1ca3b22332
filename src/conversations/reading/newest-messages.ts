import type { HistoryItem } from '../../contract/entities.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Deadline } from '../../time/deadline.ts';
import type { Context } from '../context.ts';
import { ArgumentError } from '../errors.ts';
import { noSuchDay, resolveTime } from '../time-expression.ts';
import type { HistoryPosition } from './history-cursor.ts';
import type { HistoryPage } from './history-page.ts';
import { type Interruption, oncePerId, untilFailure } from './until-failure.ts';

/** Part of a session's history, oldest first, and what is known about the rest. */
export interface HistoryWindow {
  readonly items: readonly HistoryItem[];
  /** Entries older than `items` that were read too, oldest first. Absent if there are none. */
  readonly earlier?: readonly HistoryItem[];
  /** The items are older than this event id or time. Absent if the newest were asked for. */
  readonly before?: string;
  /**
   * How many entries of the wanted kind the history has: the exact number if `complete`, otherwise the least it can be.
   * Absent if reading ended at `before`, because that says nothing about newer entries.
   */
  readonly counted?: number;
  /** Whether the whole history was read. */
  readonly complete: boolean;
  /** Whether the newest entry of the wanted kind was seen. */
  readonly newestReached: boolean;
  /** Whether there are entries older than the first of `items`. */
  readonly olderExist: boolean;
  /** Entries that could not be read and are left out. */
  readonly unreadable?: number;
  /** Why reading ended early, if not at a limit. */
  readonly interrupted?: Interruption;
  /** Where to read on; absent if everything that was wanted was read, or can be read with `before`. */
  readonly readOn?: HistoryPosition;
  /** `before` is the id of an event that was not found in the part that was read. */
  readonly beforeNotReached?: true;
  /** The oldest entry that was read, if `items` is empty and older entries exist that a `before` leads to. */
  readonly oldestRead?: HistoryItem;
  /** Entries that are not messages, in the same stretch of the history as `items` but not among them. */
  readonly eventsLeftOut?: number;
}

interface Wanted {
  /** How many entries; the newest are returned. */
  readonly limit: number;
  /** Only entries older than this event id or time. */
  readonly before?: string | undefined;
  /** Whether everything is older than `before` if reading does not begin with the first page. */
  readonly isOlder?: boolean | undefined;
  /** Whether entries other than messages count. */
  readonly includeEvents: boolean;
  /** Ages in `before` count back from here. May change with an answer of the API, which tells its clock. */
  readonly now: Date;
  /** After this, no further page is requested. */
  readonly deadline?: Deadline | undefined;
}

/**
 * Of a longer history, one call requests only this many pages and says so. The API's page has 50 entries and its limit is
 * 100 requests a minute, so 4,000 entries are read and a few requests are left for other calls.
 */
export const maxHistoryPages = 80;

/**
 * Reads the newest part of a history. The API does not document the order of a history, so it is detected from
 * `created_at`. If it is newest first, reading stops when there is enough; if it is oldest first, reading continues to
 * the end, or to `before`.
 * @throws ArgumentError when `before` names no event of the history.
 */
export async function readNewestMessages(
  pages: AsyncIterable<HistoryPage>,
  wanted: Wanted,
): Promise<HistoryWindow> {
  const counts = (item: HistoryItem) => wanted.includeEvents || item.event.type === 'message';
  const kept: HistoryItem[] = [];
  let first: HistoryPage | undefined;
  let last: HistoryPage | undefined;
  let endReached = true;
  let pagesRead = 0;
  let unreadable = 0;
  let interrupted: Interruption | undefined;
  const isNew = oncePerId();
  const onInterruption = (why: Interruption) => {
    interrupted = why;
    endReached = false;
  };
  for await (const page of untilFailure(pages, onInterruption)) {
    kept.push(...page.items.filter(isNew));
    unreadable += page.unreadable ?? 0;
    if (!page.remembered) pagesRead += 1;
    first ??= page;
    last = page;
    if (!page.next) break;
    const { older, found, newestFirst } = splitAtBefore(kept, wanted, first);
    // Entries of the same time show no order; then only further pages can tell what is older than `before`.
    const enough = newestFirst ? older.filter(counts).length > wanted.limit : newestFirst === false && found;
    if (pagesRead >= maxHistoryPages || wanted.deadline?.hasPassed || enough) {
      endReached = false;
      break;
    }
  }
  const { older, found, newestFirst, byId } = splitAtBefore(kept, wanted, first);
  const complete = endReached && first?.cursor === undefined;
  const next = interrupted === 'repeated_cursor' || endReached ? undefined : (last?.unread ?? last?.next);
  if (byId && !found && !next) {
    throw new ArgumentError('before', noSuchDay(wanted.before ?? '') + noSuchEvent(complete));
  }
  const entries = older.filter(counts);
  const items = entries.slice(-wanted.limit);
  const isOldestRead = newestFirst === true ? endReached : first?.cursor === undefined;
  const olderExist = entries.length > wanted.limit || !isOldestRead;
  const [oldest] = items;
  const stretch = olderExist && oldest ? older.slice(older.indexOf(oldest)) : older;
  const newestReached = complete || newestFirst === true || found || (endReached && !byId);
  // If only entries up to `before` were counted, the number would shrink from page to page.
  const fromNewest = complete || newestFirst === true || !found;
  // With the last page once more, because what is wanted may begin there. It would not get on with that page alone.
  const again = newestFirst !== true && pagesRead > 1 ? last?.cursor : undefined;
  const isStuck = !newestReached || (items.length === 0 && !isOldestRead);
  const isOlder = newestFirst === true && found;
  return {
    items,
    ...(entries.length > items.length ? { earlier: entries.slice(0, entries.length - items.length) } : {}),
    ...(wanted.before === undefined
      ? {}
      : { before: resolveTime(wanted.before, wanted.now) ?? wanted.before }),
    ...(fromNewest ? { counted: kept.filter(counts).length } : {}),
    complete,
    newestReached,
    olderExist,
    eventsLeftOut: stretch.length - items.length,
    ...(unreadable > 0 ? { unreadable } : {}),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(isStuck && next ? { readOn: { start: again ?? next, before: wanted.before, isOlder } } : {}),
    ...(byId && !found ? { beforeNotReached: true as const } : {}),
    ...(items.length === 0 && !isOldestRead && newestFirst !== true && older[0]
      ? { oldestRead: older[0] }
      : {}),
  };
}

/** Part of a call's time that reading may take. The rest is for answering with what was read. */
const readShare = 0.7;

/** When to stop requesting pages, so that a call that runs out of time can still answer. */
export function readingDeadline({ call }: Pick<Context, 'call'>): Deadline {
  return call.deadline.share(readShare);
}

/** Remembers how far a conversation was shown, so that a later send can tell what is new. */
export async function markAsRead(
  { lastRead }: Pick<Context, 'lastRead'>,
  sessionId: string,
  window: HistoryWindow,
): Promise<void> {
  const newest = window.items.at(-1);
  if (newest && window.newestReached) await lastRead.set(sessionId, newest.created_at);
}

/** The entries older than `before` in reading order, and whether `before` itself was found. */
function splitAtBefore(
  entries: readonly HistoryItem[],
  { before, isOlder, now }: Wanted,
  first: HistoryPage | undefined,
) {
  const newestFirst = isNewestFirst(entries);
  const reading = newestFirst ? entries.toReversed() : entries;
  if (isOlder && first?.cursor !== undefined) {
    return { older: reading, found: true, newestFirst, byId: false };
  }
  if (before === undefined) return { older: reading, found: false, newestFirst, byId: false };
  const time = resolveTime(before, now);
  const byId = time === undefined;
  const at = reading.findIndex((item) =>
    byId ? item.id === before : parseTime(item.created_at) >= parseTime(time),
  );
  const older = at >= 0 ? reading.slice(0, at) : byId ? [] : reading;
  return { older, found: at >= 0, newestFirst, byId };
}

/**
 * Compares the first entry with the last one of another time, because neighbours may be slightly out of order.
 * @returns undefined if all times are equal; the order is then taken to be oldest first.
 */
export function isNewestFirst(items: readonly HistoryItem[]): boolean | undefined {
  const first = parseTime(items[0]?.created_at ?? '');
  const other = items.findLast((item) => parseTime(item.created_at) !== first);
  return other && parseTime(other.created_at) < first;
}

function noSuchEvent(complete: boolean): string {
  return complete
    ? 'this session has no such event; pass the before of an earlier answer, an event id, or a time'
    : 'no such event was found in the part of the history that could be read; pass a time instead';
}
