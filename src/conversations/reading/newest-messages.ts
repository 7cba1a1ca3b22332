import type { HistoryItem, Page } from '../../contract/entities.ts';
import type { HistoryWindow } from '../../presenters/transcript.ts';
import { ArgumentError } from '../errors.ts';
import { noSuchDay, resolveTime } from '../time-expression.ts';

interface Wanted {
  /** How many entries, the newest ones. */
  readonly limit: number;
  /** Only entries older than this: the id of an event, or a time. */
  readonly before?: string | undefined;
  /** Whether entries that are no messages count. */
  readonly includeEvents: boolean;
  /** What an age in `before` counts back from. */
  readonly now: Date;
  /** Moment, in milliseconds since 1970, after which no further page is asked for. */
  readonly until?: number | undefined;
}

/** Histories longer than this many pages are read in part, and the answer says so. */
const maxPages = 40;

/**
 * Reads the newest stretch of a history. The order of the API's history is not documented, so it is found out from
 * `created_at`: newest first, reading stops as soon as enough is there; oldest first, it goes on to the end (or to
 * `before`).
 * @throws ArgumentError when `before` names no event of the history.
 */
export async function readWindow(
  pages: AsyncIterable<Page<HistoryItem>>,
  wanted: Wanted,
): Promise<HistoryWindow> {
  const counts = (item: HistoryItem) => wanted.includeEvents || item.event.type === 'message';
  // The event that `before` names stays in even where it does not count, so that its place is known.
  const isBefore = ({ id }: HistoryItem) => id !== undefined && id === wanted.before;
  const kept: HistoryItem[] = [];
  let complete = true;
  let pagesRead = 0;
  for await (const page of pages) {
    kept.push(...page.items.filter((item) => counts(item) || isBefore(item)));
    pagesRead += 1;
    if (!page.next) break;
    const { older, found, newestFirst } = split(kept, wanted);
    // Entries of one and the same time tell no order yet: what is older than `before` is known further on.
    const enough = newestFirst ? older.length > wanted.limit : newestFirst === false && found;
    const outOfTime = wanted.until !== undefined && Date.now() > wanted.until;
    if (pagesRead === maxPages || outOfTime || enough) {
      complete = false;
      break;
    }
  }
  const { older, found, newestFirst, byId } = split(kept, wanted);
  if (byId && !found) {
    throw new ArgumentError('before', noSuchDay(wanted.before ?? '') + noSuchEvent(complete));
  }
  // Counted up to `before` only, the number would shrink from page to page.
  const fromNewest = complete || newestFirst === true || !found;
  return {
    items: older.slice(-wanted.limit),
    ...(wanted.before === undefined
      ? {}
      : { before: resolveTime(wanted.before, wanted.now) ?? wanted.before }),
    ...(fromNewest ? { counted: kept.filter(counts).length } : {}),
    complete,
    newestReached: complete || newestFirst === true || found,
    olderExist: older.length > wanted.limit || (newestFirst === true && !complete),
  };
}

/** Part of a call's time that may go into reading; the rest lets what was read be answered. */
const readShare = 0.7;

/** When to stop asking for pages, so that a call that ran out of time still tells what it read. */
export function softDeadline({ deadline }: { readonly deadline: number }): number {
  const now = Date.now();
  return now + (deadline - now) * readShare;
}

/** Remembers how far a conversation was shown, so that an answer can be held against it later. */
export function noteRead(lastRead: Map<string, string>, sessionId: string, window: HistoryWindow): void {
  const newest = window.items.at(-1);
  if (newest && window.newestReached) lastRead.set(sessionId, newest.created_at);
}

/** The entries older than `before` in reading order, and whether `before` itself was met among the entries. */
function split(entries: readonly HistoryItem[], { before, now }: Wanted) {
  const newestFirst = isNewestFirst(entries);
  const reading = newestFirst ? entries.toReversed() : entries;
  if (before === undefined) return { older: reading, found: false, newestFirst, byId: false };
  const time = resolveTime(before, now);
  const byId = time === undefined;
  const at = reading.findIndex((item) =>
    byId ? item.id === before : Date.parse(item.created_at) >= Date.parse(time),
  );
  const older = at >= 0 ? reading.slice(0, at) : byId ? [] : reading;
  return { older, found: at >= 0, newestFirst, byId };
}

/**
 * Told by the first entry and the last whose time differs from it, since neighbours may be out of order by a moment.
 * @returns undefined when no time differs; the order is then taken for oldest first.
 */
export function isNewestFirst(items: readonly HistoryItem[]): boolean | undefined {
  const first = Date.parse(items[0]?.created_at ?? '');
  const other = items.findLast((item) => Date.parse(item.created_at) !== first);
  return other && Date.parse(other.created_at) < first;
}

function noSuchEvent(complete: boolean): string {
  return complete
    ? 'this session has no such event; pass the before of an earlier answer, an event id, or a time'
    : 'no such event was found in the part of the history that could be read; pass a time instead';
}
