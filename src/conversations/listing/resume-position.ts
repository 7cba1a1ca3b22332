import type { FetchedPage } from '../../client/pages.ts';
import type { Session } from '../../contract/entities.ts';
import { ArgumentError } from '../errors.ts';
import { markOf } from './checksum.ts';
import type { Anchor } from './cursor.ts';

type Page = FetchedPage<Session>;

/** A page of a list, and where on it the part begins that has not been handed out. */
export interface Part {
  readonly page: Page;
  readonly from: number;
}

/** Two of some thousand sessions share a mark once in many thousand lists. More would make a cursor long; fewer find nothing where several sessions in a row have left the list. */
const maxMarks = 4;

/** Marks the place behind one session of a page. */
export function anchorBehind(items: readonly Session[], index: number): Anchor {
  const newestFirst = isNewestFirst(items);
  const at = timeOf(items[index]);
  return {
    passed: items.slice(Math.max(0, index + 1 - maxMarks), index + 1).map(({ id }) => markOf(id)),
    ...(newestFirst === undefined || !Number.isFinite(at) ? {} : { created: { at, newestFirst } }),
  };
}

/**
 * The pages of a list from the place that the anchor marks. Behind the sessions passed before; if the last of them is
 * gone, behind those of them that are left; if all are gone, where the time of creation says, in a list that stands
 * in that order.
 * @param maxPages after so many pages it ends.
 * @throws ArgumentError when the place cannot be told any more.
 */
export async function* partsBehind(
  pages: AsyncIterable<Page>,
  anchor: Anchor | undefined,
  maxPages: number,
): AsyncGenerator<Part, void, undefined> {
  let seeking = anchor !== undefined;
  /** Ends with the last session found of those passed; the very last may still stand on the page after it. */
  let held: Part | undefined;
  let latest: Page | undefined;
  let pagesRead = 0;
  for await (const page of pages) {
    pagesRead += 1;
    latest = page;
    if (anchor === undefined || !seeking) {
      yield { page, from: 0 };
    } else {
      const { passed, isLast, reached, isBeyond } = lookFor(anchor, page.items);
      if (passed > 0 && !isLast && !isBeyond && !held && page.next) {
        held = { page, from: passed };
      } else if (passed > 0) {
        seeking = false;
        yield { page, from: passed };
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
  // All that is left was created on the near side of the place: the list ends here.
  else if (anchor?.created && latest && !latest.next) yield { page: latest, from: latest.items.length };
  else {
    throw new ArgumentError(
      'cursor',
      'the sessions this page ended with are no longer in the list (it changed meanwhile); start anew without cursor',
    );
  }
}

/** What of the place can be seen on a page. */
function lookFor({ passed, created }: Anchor, items: readonly Session[]) {
  const marks = items.map(({ id }) => markOf(id));
  const distance = (session: Session) =>
    created ? (timeOf(session) - created.at) * (created.newestFirst ? -1 : 1) : Number.NaN;
  return {
    /** Behind the last session on it that was passed before; 0 if there is none. */
    passed: marks.findLastIndex((mark) => passed.includes(mark)) + 1,
    isLast: marks.includes(passed.at(-1) ?? ''),
    /** The first session on it that stands where the list was left, or behind it. */
    reached: items.findIndex((session) => distance(session) >= 0),
    isBeyond: items.some((session) => distance(session) > 0),
  };
}

/** Undefined for sessions that stand in no order of creation, or all of one time. */
function isNewestFirst(items: readonly Session[]): boolean | undefined {
  const steps = items.slice(1).map((session, index) => timeOf(session) - timeOf(items[index]));
  if (steps.some((step) => step < 0) && steps.every((step) => step <= 0)) return true;
  if (steps.some((step) => step > 0) && steps.every((step) => step >= 0)) return false;
  return undefined;
}

function timeOf(session: Session | undefined): number {
  return Date.parse(session?.created_at ?? '');
}
