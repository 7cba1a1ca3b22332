import type { ListSessionsQuery } from '../../client/client.ts';
import type { FetchedPage } from '../../client/pages.ts';
import type { Session } from '../../contract/entities.ts';
import type { Deadline } from '../../time/deadline.ts';
import { type Coverage, Coverages } from '../analysis/coverage.ts';
import type { Context } from '../context.ts';
import { ArgumentError } from '../errors.ts';
import { type LastSpeaker, readLastSpeakers } from '../reading/last-speaker.ts';
import { type Interruption, oncePerId, untilFailure } from '../reading/until-failure.ts';
import { type ContactMatch, matchesContact } from './contact-filter.ts';
import { decodeCursor, type ListPosition } from './cursor.ts';
import { apiQuery, type GivenFilters, givenFilters, hasAge, refuseFuture } from './filters.ts';
import { positionAfter, remainingParts } from './resume-position.ts';

/** A call reads no more pages than this, however small the API's pages are. */
const maxPages = 40;

const defaultLimit = 20;

/** Half of the requests that the API accepts in a minute. Without a limit, a tenth. */
const maxWithLastSpeaker = 50;
const defaultWithLastSpeaker = 10;

interface ListRequest {
  readonly filters: GivenFilters;
  readonly limit?: number | undefined;
  /** `encodeCursor` of a position of an earlier listing. */
  readonly cursor?: string | undefined;
  /** Also find out who spoke last, at one request or more for each session. Undefined: as on the page before. */
  readonly withLastSpeaker?: boolean | undefined;
}

export interface Listing {
  readonly sessions: readonly Session[];
  /** Whether the list continues after `sessions`. */
  readonly more: boolean;
  /** Finds out where the list continues after each of `sessions`, in the same order. */
  readonly positions: readonly (() => ListPosition)[];
  /** Where it continues after all of `sessions`, or if there are none. */
  readonly end: ListPosition;
  /** How each of `sessions` belongs to the wanted contact; absent if none was wanted. */
  readonly matches?: readonly ContactMatch[];
  /** What a list of one contact's sessions rests on. Absent for other lists: these are not looked through. */
  readonly coverage?: Coverage;
  /** For each of `sessions`; absent if not asked for. */
  readonly lastSpeakers?: readonly LastSpeaker[];
  /** Sessions that could not be read and are left out. */
  readonly unreadable: number;
  /** Why reading ended early, if not at a limit. */
  readonly interrupted?: Interruption | undefined;
}

/** @throws ArgumentError for a limit, a cursor or a range that cannot be used. */
export async function readSessionList(request: ListRequest, context: Context): Promise<Listing> {
  const { client, now, account } = context;
  const plan = planAt(now, request, account);
  if (client.clockOffset() !== undefined) {
    refuseFuture(plan.query, now);
    return readPlanned(plan, context);
  }
  // Without the API's clock, a time in the future may be a true one.
  const listing = await readPlanned(plan, context);
  // The first answer may have told that this machine's clock is wrong, and with it ages such as 24h.
  const isWrong = Math.abs(context.now.getTime() - now.getTime()) > ageToleranceMs;
  if (isWrong && request.cursor === undefined && hasAge(plan.start.filters))
    return readPlanned(planAt(context.now, request, account), context);
  refuseFuture(plan.query, context.now);
  return listing;
}

interface Plan {
  readonly start: ListPosition;
  readonly query: ListSessionsQuery;
  readonly limit: number;
}

/** @param now ages count back from here, if the request does not continue an earlier list. */
function planAt(now: Date, request: ListRequest, account: string | undefined): Plan {
  const filters = givenFilters(request.filters);
  const { withLastSpeaker: remembered = false, ...position }: ListPosition =
    request.cursor === undefined
      ? { account, filters, agesFrom: now.toISOString() }
      : decodeCursor(request.cursor, filters, account);
  const withLastSpeaker = request.withLastSpeaker ?? remembered;
  const start: ListPosition = withLastSpeaker ? { ...position, withLastSpeaker } : position;
  return {
    start,
    query: {
      ...apiQuery(start.filters, start.agesFrom ?? now.toISOString()),
      ...(start.page === undefined ? {} : { cursor: start.page }),
    },
    limit: limitOf(request.limit, withLastSpeaker),
  };
}

async function readPlanned({ start, query, limit }: Plan, context: Context): Promise<Listing> {
  const { client, call } = context;
  const isLookedThrough = start.filters.contact !== undefined;
  const pages = client.sessionPages(query, isLookedThrough ? { ...call, ...lookingThrough(call) } : call);
  const listing = await collect(pages, start, limit, call.deadline.share(readShare));
  return start.withLastSpeaker
    ? { ...listing, lastSpeakers: await readLastSpeakers(listing.sessions, context) }
    : listing;
}

/** Where the list continues after the first `n` sessions of a listing. */
export function continueAfter({ positions, end }: Listing, n: number): ListPosition {
  return n === positions.length ? end : (positions[n - 1]?.() ?? end);
}

/** Part of a call's time for looking through pages for a contact. */
const readShare = 0.7;

/** Rather than wait longer for the rate budget, it answers with what it found. */
function lookingThrough({ deadline }: Context['call']) {
  return { deadline: deadline.share(readShare), maxWaitMs: 2000 };
}

function limitOf(limit: number | undefined, withLastSpeaker: boolean): number {
  if (!withLastSpeaker) return limit ?? defaultLimit;
  if (limit !== undefined && limit > maxWithLastSpeaker) {
    throw new ArgumentError(
      'limit',
      `with include_last_message it is at most ${maxWithLastSpeaker}, because each session costs one more request. Pass ${maxWithLastSpeaker} or less, or include_last_message false`,
    );
  }
  return limit ?? defaultWithLastSpeaker;
}

/** The shortest age is a minute. */
const ageToleranceMs = 60_000;

/** Reads pages, from the start position on, until there are `limit` sessions. */
async function collect(
  pages: AsyncIterable<FetchedPage<Session>>,
  start: ListPosition,
  limit: number,
  deadline: Deadline,
): Promise<Listing> {
  const { contact } = start.filters;
  const matches: ContactMatch[] = [];
  const looked = new Coverages(start.read ?? 0);
  const sessions: Session[] = [];
  const positions: (() => ListPosition)[] = [];
  let more = false;
  let reached = start;
  let unreadable = 0;
  let interrupted: Interruption | undefined;
  const isNew = oncePerId();
  const readable = untilFailure(pages, (why) => {
    interrupted = why;
  });
  for await (const { page, from } of remainingParts(readable, start.after, maxPages)) {
    unreadable += page.unreadable ?? 0;
    for (const [index, session] of page.items.entries()) {
      if (index < from || sessions.length === limit || !isNew(session)) continue;
      looked.add(session);
      const match = contact === undefined ? 'verified' : matchesContact(session, contact);
      if (match === false) continue;
      sessions.push(session);
      matches.push(match);
      const { read } = looked;
      positions.push(() => listPositionAfter(withRead(start, read), page, index));
    }
    // A page may be empty although the list continues; it need not be read again.
    if (page.next) reached = { ...withoutPlace(withRead(start, looked.read)), page: page.next };
    const last = page.items.at(-1);
    more = Boolean(page.next) || (sessions.length === limit && last?.id !== sessions.at(-1)?.id);
    if (sessions.length === limit || (contact !== undefined && deadline.hasPassed)) break;
  }
  // A cursor that leads back to where it came from leads to no more.
  if (interrupted === 'repeated_cursor') more = false;
  // If the limit ended it in the middle of a page, it goes on there; otherwise after the last page that was read.
  const end = sessions.length === limit ? (positions.at(-1)?.() ?? reached) : reached;
  const common = { sessions, more, positions, end, unreadable, interrupted };
  return contact === undefined
    ? common
    : { ...common, matches, coverage: looked.coverage(!more && !interrupted) };
}

/** After the last item of a page comes the next page; elsewhere the same page continues. */
function listPositionAfter(start: ListPosition, page: FetchedPage<Session>, index: number): ListPosition {
  const common = withoutPlace(start);
  if (index === page.items.length - 1 && page.next) return { ...common, page: page.next };
  return {
    ...common,
    ...(page.cursor === undefined ? {} : { page: page.cursor }),
    after: positionAfter(page.items, index),
  };
}

/** Only a list that is looked through counts what it has read. */
function withRead(position: ListPosition, read: number): ListPosition {
  return position.filters.contact === undefined ? position : { ...position, read };
}

/** What all positions of one listing share. */
function withoutPlace({ page: _page, after: _after, ...shared }: ListPosition): ListPosition {
  return shared;
}
