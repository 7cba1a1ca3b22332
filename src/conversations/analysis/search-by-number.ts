import type { ListSessionsQuery } from '../../client/client.ts';
import type { Page, Session } from '../../contract/entities.ts';
import { parseTime } from '../../text/time-format.ts';
import { type End, estimateBefore, estimateBetween, estimateNearStart, type Known } from './estimate-time.ts';

/** What a search for a ticket number came to. */
export type TicketSearch =
  | {
      readonly outcome: 'found';
      readonly session: Session;
      /** Whether it was fetched by its id. Otherwise it is a row of a list. */
      readonly isFetched?: true;
    }
  /** More than one session has the number. */
  | { readonly outcome: 'several'; readonly sessions: readonly Session[] }
  | {
      readonly outcome: 'none';
      /** No session has it, or numbers do not rise with time, or it would take too many requests to find out. */
      readonly reason: 'absent' | 'out_of_order' | 'not_reached';
      /** The nearest numbers that were seen. */
      readonly below?: number | undefined;
      readonly above?: number | undefined;
    };

interface Point extends Known {
  readonly session: Session;
}

/** The upper end, and how the list goes on below it. */
interface UpperEnd extends End {
  readonly next: ListSessionsQuery;
}

type ListPage = (query: ListSessionsQuery) => Promise<Page<Session>>;

/**
 * Of 100,000 sessions, one takes on average 4 requests if they come evenly, 5 at random, 7 in the demo data (at most 9), 8 in
 * office hours and with pauses, 11 if fewer and fewer come, and 15 in the worst of eleven shapes (1,500 searches in each). In
 * the irregular ones, up to 1 % are given up here, and half if 50,000 were imported at once. Other searches, which halve or
 * follow the list sooner, took more requests on average.
 */
const maxRequests = 24;

/** Where numbers do not rise with time, only this many pages are looked through, newest first. */
const maxScanned = 10;

/** Numbers out of order by less do not lead a search astray: two sessions may start in the same moment. */
const mildDisorder = 50;

/**
 * Finds the session with a ticket number in a list that can be filtered by time. Numbers are taken to rise with
 * `created_at` (`assumptions.ticketNumbers`), so the time of a number is estimated from those seen, until a page has it
 * or shows that it does not exist. Each page is checked against the assumption.
 * @param list fetches one page, newest first.
 */
export async function searchByNumber(number: number, list: ListPage): Promise<TicketSearch> {
  const seen = new Seen(number);
  let query: ListSessionsQuery = {};
  let above: UpperEnd | undefined;
  let below: End | undefined;
  let lastSide: 'above' | 'below' | undefined;
  let attempts = 0;
  let slowSteps = 0;
  let isDirectlyBelow = false;
  let isWidened = false;
  let second: ListSessionsQuery | undefined;

  for (let requests = 1; requests <= maxRequests; requests += 1) {
    const page = await list(query);
    const points = pointsOf(page.items);
    const found = seen.add(points);
    if (found) return found;
    const next = page.next ? { ...query, cursor: page.next } : undefined;
    if (requests === 1) second = next;
    const [newest, oldest] = [highest(points), lowest(points)];
    if (newest === undefined && next) {
      query = next;
      continue;
    }
    if (seen.worstDisorder > mildDisorder || isBeyond(points, above, below)) {
      return scan(list, seen, second, requests);
    }

    const size = above && below ? above.number - below.number : Number.POSITIVE_INFINITY;
    if (newest === undefined || oldest === undefined || newest.number < number) {
      // Newer than the newest session, or between two that follow each other.
      if (above === undefined || query.created_before === undefined || isDirectlyBelow) return seen.absent();
      const time = Date.parse(query.created_before);
      // Without sessions the number at that time is only known to be smaller.
      const assumed = Math.max(0, 2 * number - above.number);
      if (lastSide === 'below') above = { ...above, weight: above.weight / 2 };
      lastSide = 'below';
      below = { number: newest?.number ?? assumed, time, session: newest, pace: paceOf(points), weight: 1 };
    } else if (oldest.number > number) {
      if (next === undefined) return seen.absent();
      if (below && lastSide === 'above') below = { ...below, weight: below.weight / 2 };
      lastSide = 'above';
      const { number: from, time } = oldest;
      above = { number: from, time, session: oldest, pace: paceOf(points), weight: 1, next };
    } else {
      // A gap. At the edge of a page the missing one may be out of order by one, so the other side is read as well.
      const other = isWidened ? undefined : otherSide(number, points, query, next);
      if (other === undefined) return seen.absent();
      isWidened = true;
      query = other;
      continue;
    }

    const pageSize = Math.max(1, points.length);
    const newSize = below ? above.number - below.number : Number.POSITIVE_INFINITY;
    slowSteps = newSize > size / 2 ? slowSteps + 1 : 0;
    isDirectlyBelow =
      above.number - number < pageSize ||
      newSize <= pageSize ||
      (below !== undefined && above.time - below.time <= 2);
    if (isDirectlyBelow) {
      query = above.next;
      continue;
    }
    // The number should be in the middle of the page that begins there.
    const target = Math.min(number + Math.floor(pageSize / 2), above.number - 1);
    const first = seen.first ?? above;
    query = { created_before: new Date(nextTime(above, below, target, first)).toISOString() };

    function nextTime(upper: End, lower: End | undefined, wanted: number, start: Known): number {
      if (lower === undefined) {
        attempts += 1;
        return estimateBefore(wanted, start, upper, attempts - 1);
      }
      const isStuck = slowSteps >= 2;
      if (isStuck) slowSteps = 0;
      const time = isStuck
        ? (upper.time + lower.time) / 2
        : lower.session === undefined
          ? estimateNearStart(wanted, start, upper, lower)
          : estimateBetween(wanted, upper, lower, pageSize);
      return Math.min(upper.time - 1, Math.max(lower.time + 1, Math.round(time)));
    }
  }
  return seen.none('not_reached');
}

/**
 * Looks through the newest sessions one after the other, because the numbers lead nowhere.
 * @param second the page after the first, which was read already.
 */
async function scan(
  list: ListPage,
  seen: Seen,
  second: ListSessionsQuery | undefined,
  requestsMade: number,
): Promise<TicketSearch> {
  let query = second;
  for (let requests = requestsMade; query && requests < maxScanned; requests += 1) {
    const page = await list(query);
    const found = seen.add(pointsOf(page.items));
    if (found) return found;
    query = page.next ? { cursor: page.next } : undefined;
  }
  // Without a next page, all were seen, so their order does not matter.
  return seen.none(query ? 'out_of_order' : 'absent');
}

function pointsOf(sessions: readonly Session[]): Point[] {
  return sessions
    .map((session) => ({
      number: session.ticket_number,
      time: parseTime(session.created_at),
      session,
    }))
    .filter(({ number, time }) => Number.isFinite(number) && Number.isFinite(time));
}

function highest(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>((a, b) => (a && a.number >= b.number ? a : b), undefined);
}

function lowest(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>((a, b) => (a && a.number <= b.number ? a : b), undefined);
}

function paceOf(points: readonly Point[]): number | undefined {
  const [newest, oldest] = [highest(points), lowest(points)];
  if (!newest || !oldest || newest.number === oldest.number) return undefined;
  return (newest.time - oldest.time) / (newest.number - oldest.number);
}

/** By how much a number exceeds one that was created later; 0 if all are in order. */
function disorderOf(points: readonly Point[]): number {
  let highestYet = Number.NEGATIVE_INFINITY;
  let worst = 0;
  for (const { number } of points.toSorted((a, b) => a.time - b.time || a.number - b.number)) {
    worst = Math.max(worst, highestYet - number);
    highestYet = Math.max(highestYet, number);
  }
  return worst;
}

/** Whether a page between two ends has numbers that are far from between them. */
function isBeyond(points: readonly Point[], above: End | undefined, below: End | undefined): boolean {
  const [newest, oldest] = [highest(points), lowest(points)];
  if (!newest || !oldest) return false;
  const isAbove = above !== undefined && newest.number > above.number + mildDisorder;
  const isBelow = below?.session !== undefined && newest.number < below.number - mildDisorder;
  return isAbove || isBelow;
}

/** What to read if a gap is at the edge of a page; undefined if it is not. */
function otherSide(
  number: number,
  points: readonly Point[],
  query: ListSessionsQuery,
  next: ListSessionsQuery | undefined,
): ListSessionsQuery | undefined {
  const larger = points.filter((point) => point.number > number).length;
  if (points.length - larger <= 2) return next;
  const [newest, oldest] = [highest(points), lowest(points)];
  if (larger > 2 || query.created_before === undefined || !newest || !oldest) return undefined;
  const half = Math.max(1, Math.round((newest.time - oldest.time) / 2));
  return { created_before: new Date(newest.time + half).toISOString() };
}

/** What a search has seen so far. */
class Seen {
  readonly #number: number;
  first: Point | undefined;
  /** By how much numbers were out of order on one page. */
  worstDisorder = 0;
  #below: number | undefined;
  #above: number | undefined;

  constructor(number: number) {
    this.#number = number;
  }

  /** @returns the outcome if the number is among the points. */
  add(points: readonly Point[]): TicketSearch | undefined {
    this.first ??= highest(points);
    this.worstDisorder = Math.max(this.worstDisorder, disorderOf(points));
    for (const { number } of points) {
      if (number < this.#number) this.#below = Math.max(number, this.#below ?? number);
      if (number > this.#number) this.#above = Math.min(number, this.#above ?? number);
    }
    const found = points.filter(({ number }) => number === this.#number);
    const sessions = [...new Map(found.map(({ session }) => [session.id, session])).values()];
    const [session] = sessions;
    if (session === undefined) return undefined;
    return sessions.length === 1 ? { outcome: 'found', session } : { outcome: 'several', sessions };
  }

  none(reason: 'absent' | 'not_reached' | 'out_of_order'): TicketSearch {
    return { outcome: 'none', reason, below: this.#below, above: this.#above };
  }

  /** No session has it, if numbers rise with time. */
  absent(): TicketSearch {
    return this.none(this.worstDisorder === 0 ? 'absent' : 'out_of_order');
  }
}
