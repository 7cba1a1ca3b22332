import type { FetchedPage } from '../../client/pages.ts';
import type { Session } from '../../contract/entities.ts';
import { parseTime } from '../../text/time-format.ts';
import { ArgumentError } from '../errors.ts';
import { checksum } from './checksum.ts';

/**
 * Finds the place after the last session that was handed out. The API's cursor names only the beginning of a page, and
 * a list of open sessions changes while it is worked through: sessions are closed and leave it. Remembering an offset,
 * or one session, would then skip or repeat others.
 */
export interface ResumePosition {
  /** Checksums of the last sessions handed out of the page, in its order. */
  readonly passed: readonly string[];
  /** When the last one was created, and the order of the page. Absent if the page has no order of creation. */
  readonly created?: { readonly at: number; readonly newestFirst: boolean };
}

type Page = FetchedPage<Session>;

/** A page of a list, and the index of its first session that was not handed out. */
export interface RemainingPart {
  readonly page: Page;
  readonly from: number;
}

/** More would make the cursor longer. Fewer would all be gone if several sessions in a row have left the list. */
const maxPassed = 4;

/** The position after one session of a page. */
export function positionAfter(items: readonly Session[], index: number): ResumePosition {
  const newestFirst = isNewestFirst(items);
  const at = timeOf(items[index]);
  return {
    passed: items.slice(Math.max(0, index + 1 - maxPassed), index + 1).map(({ id }) => checksum(id)),
    ...(newestFirst === undefined || !Number.isFinite(at) ? {} : { created: { at, newestFirst } }),
  };
}

/**
 * The rest of a list after the sessions already handed out. If the last of them has left the list, it begins after those
 * that remain. If all have left, it begins at the position by time of creation, provided that the list has that order.
 * @param maxPages the list ends after this many pages.
 * @throws ArgumentError when the position cannot be found any more.
 */
export async function* remainingParts(
  pages: AsyncIterable<Page>,
  position: ResumePosition | undefined,
  maxPages: number,
): AsyncGenerator<RemainingPart, void, undefined> {
  let seeking = position !== undefined;
  /** Begins after the last passed session seen so far. Waits for the next page, which may have the very last one. */
  let held: RemainingPart | undefined;
  let latest: Page | undefined;
  let pagesRead = 0;
  for await (const page of pages) {
    pagesRead += 1;
    latest = page;
    if (position === undefined || !seeking) {
      yield { page, from: 0 };
    } else {
      const { afterPassed, hasLast, reached, isBeyond } = locate(position, page.items);
      if (afterPassed > 0 && !hasLast && !isBeyond && !held && page.next) {
        held = { page, from: afterPassed };
      } else if (afterPassed > 0) {
        seeking = false;
        yield { page, from: afterPassed };
      } else if (held) {
        seeking = false;
        yield held;
        yield { page, from: 0 };
      } else if (reached >= 0) {
        seeking = false;
        yield { page, from: reached };
      }
    }
    if (pagesRead === maxPages) break;
  }
  if (!seeking) return;
  if (held) yield held;
  // Everything left was created before the position: the list ends here.
  else if (position?.created && latest && !latest.next) yield { page: latest, from: latest.items.length };
  else {
    throw new ArgumentError(
      'cursor',
      'the sessions this page ended with are no longer in the list, because it has changed; start again without cursor',
    );
  }
}

/** What a page shows of a position. */
function locate({ passed, created }: ResumePosition, items: readonly Session[]) {
  const checksums = items.map(({ id }) => checksum(id));
  const distance = (session: Session) =>
    created ? (timeOf(session) - created.at) * (created.newestFirst ? -1 : 1) : Number.NaN;
  return {
    /** The index after the last passed session; 0 if there is none. */
    afterPassed: checksums.findLastIndex((sum) => passed.includes(sum)) + 1,
    hasLast: checksums.includes(passed.at(-1) ?? ''),
    /** The index of the first session at or beyond the position, by time of creation; -1 if there is none. */
    reached: items.findIndex((session) => distance(session) >= 0),
    isBeyond: items.some((session) => distance(session) > 0),
  };
}

/** Undefined if the sessions are not ordered by time of creation, or all have the same. */
function isNewestFirst(items: readonly Session[]): boolean | undefined {
  const steps = items.slice(1).map((session, index) => timeOf(session) - timeOf(items[index]));
  if (steps.some((step) => step < 0) && steps.every((step) => step <= 0)) return true;
  if (steps.some((step) => step > 0) && steps.every((step) => step >= 0)) return false;
  return undefined;
}

function timeOf(session: Session | undefined): number {
  return parseTime(session?.created_at ?? '');
}
