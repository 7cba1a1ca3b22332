import type { FetchedPage } from '../../client/pages.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import type { RememberedHistory } from '../../state/principal/history-memory.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Deadline } from '../../time/deadline.ts';
import type { Context } from '../context.ts';
import { resolveTime } from '../time-expression.ts';
import type { HistoryPage } from './history-page.ts';
import { isNewestFirst } from './newest-messages.ts';

type Page = FetchedPage<HistoryItem>;

interface Reading {
  /** `updated_at` of the session, read just now. What was read at the same `updated_at` is not read again. */
  readonly updatedAt?: string | undefined;
  /** Only entries older than this id or time are wanted: newer ones than those remembered need not be looked for. */
  readonly before?: string | undefined;
  /** The API's cursor of the page to begin with; the first page by default. */
  readonly start?: string | undefined;
  /** When the last request must be over, if that is before the end of the call. */
  readonly deadline?: Deadline | undefined;
}

/**
 * Iterates over a history as the API does, without requesting again what was read for the caller within a minute. The
 * newest entries are always requested, unless `updatedAt` or `before` shows that this is not needed:
 * - If the history is oldest first, its end is requested, from the last remembered page on. What is before it only grows.
 * - If it is newest first, its first page is requested. If that is as it was, so is what follows.
 *
 * It begins with the first page, remembered or not, if that one is known to be connected to `start`.
 */
export async function* historyPages(
  sessionId: string,
  reading: Reading,
  context: Pick<Context, 'client' | 'call' | 'clock' | 'histories' | 'now'>,
): AsyncGenerator<HistoryPage, void, undefined> {
  const { client, call, clock, histories, now } = context;
  const { start, updatedAt, deadline } = reading;
  const limits = deadline === undefined ? call : { ...call, deadline };
  const fetchFrom = (cursor: string | undefined) =>
    cursor === undefined
      ? client.historyPages(sessionId, limits)
      : client.historyPages(sessionId, limits, cursor);

  const { known, remember } = histories.read(sessionId);
  const readAt = clock.monotonic();
  const read = known ? await beginWith(known, reading, now, fetchFrom) : [];
  const isRemembered = (page: Page) => known?.pages.includes(page) ?? false;
  const isFromStart = start === undefined || read.length > 0;
  const hasOld = read.some(isRemembered);
  const next = read.at(-1)?.next;
  try {
    for (const page of [...read]) yield isRemembered(page) ? { ...page, remembered: true } : page;
    if (read.length > 0 && !next) return;
    for await (const page of fetchFrom(next ?? start)) {
      read.push(page);
      yield page;
    }
  } finally {
    // A part without the first page could not be put together with what is read later.
    if (isFromStart) {
      remember({
        pages: read,
        updatedAt: updatedAt ?? known?.updatedAt,
        readAt: hasOld && known ? known.readAt : readAt,
      });
    }
  }
}

/** The remembered pages that still hold, and the one that was requested to know that. None if none holds. */
async function beginWith(
  { pages, ...known }: RememberedHistory,
  { start, updatedAt, before }: Reading,
  now: Date,
  fetchFrom: (cursor: string | undefined) => AsyncIterable<Page>,
): Promise<Page[]> {
  const [first, last] = [pages[0], pages.at(-1)];
  if (start !== undefined && !pages.some(({ next }) => next === start)) return [];
  const holds = updatedAt !== undefined && updatedAt === known.updatedAt;
  if (holds || reachesBefore(pages, before, now)) return [...pages];

  const newestFirst = isNewestFirst(pages.flatMap(({ items }) => items));
  // From `start` on, only older ones are wanted.
  if (newestFirst && start !== undefined) return [...pages];
  // A page that another one follows is full.
  if (newestFirst === false && last?.next) return [...pages];
  if (newestFirst === undefined) return [];
  const fresh = await firstOf(fetchFrom(newestFirst ? undefined : last?.cursor));
  if (fresh === undefined) return [];
  if (newestFirst) {
    const isSame = fresh.next === first?.next && areSame(fresh.items, first?.items);
    return isSame ? [fresh, ...pages.slice(1)] : [fresh];
  }
  // If entries were removed, the pages have moved.
  const isConnected = areSame(fresh.items.slice(0, 1), last?.items.slice(0, 1));
  return isConnected ? [...pages.slice(0, -1), fresh] : [];
}

async function firstOf(pages: AsyncIterable<Page>): Promise<Page | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

function areSame(items: readonly HistoryItem[], others: readonly HistoryItem[] = []): boolean {
  const keyOf = (item: HistoryItem | undefined) => item?.id ?? item?.created_at;
  return items.length === others.length && items.every((item, n) => keyOf(item) === keyOf(others[n]));
}

/** Whether the pages go up to `before`, so that nothing newer than what they hold is wanted. */
function reachesBefore(pages: readonly Page[], before: string | undefined, now: Date): boolean {
  if (before === undefined) return false;
  const time = resolveTime(before, now);
  return pages.some(({ items }) =>
    items.some(({ id, created_at }) =>
      time === undefined ? id === before : parseTime(created_at) >= parseTime(time),
    ),
  );
}
