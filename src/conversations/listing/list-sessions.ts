import type { ListSessionsQuery } from '../../client/client.ts';
import type { FetchedPage } from '../../client/pages.ts';
import type { Session } from '../../contract/entities.ts';
import type { Context } from '../context.ts';
import { ArgumentError } from '../errors.ts';
import { type LastSpeaker, readLastSpeakers } from '../reading/last-speaker.ts';
import { type Interruption, oncePerId, untilFailure } from '../reading/until-failure.ts';
import { resolveTime } from '../time-expression.ts';
import { decodeCursor, type ListPosition } from './cursor.ts';
import { hasAge, type ListFilters } from './filters.ts';
import { positionAfter, remainingParts } from './resume-position.ts';

/** A call reads no more pages than this, however small the API's pages are. */
const maxPages = 40;

const defaultLimit = 20;

/** Half of the requests that the API accepts in a minute. Without a limit, a tenth. */
const maxWithLastSpeaker = 50;
const defaultWithLastSpeaker = 10;

const timeFilters = ['created_after', 'created_before', 'updated_after', 'updated_before'] as const;

interface ListRequest {
  readonly filters: { readonly [K in keyof ListFilters]?: ListFilters[K] | undefined };
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
  /** Where it continues if no session is handed out. */
  readonly start: ListPosition;
  /** For each of `sessions`; absent if not asked for. */
  readonly lastSpeakers?: readonly LastSpeaker[];
  /** Sessions that could not be read and are left out. */
  readonly unreadable: number;
  /** Why reading ended early, if not at a limit. */
  readonly interrupted?: Interruption | undefined;
}

/** @throws ArgumentError for a limit, a cursor or a range that cannot be used. */
export async function readSessionList(request: ListRequest, context: Context): Promise<Listing> {
  const { client, now } = context;
  // Without the API's clock, a time in the future may be a true one.
  if (client.clockOffset() !== undefined) return readSessionListAt(now, request, context, refuseFuture);
  const listing = await readSessionListAt(now, request, context);
  // The first answer may have told that this machine's clock is wrong, and with it ages such as 24h.
  const isWrong = Math.abs(context.now.getTime() - now.getTime()) > ageToleranceMs;
  if (isWrong && request.cursor === undefined && hasAge(listing.start.filters))
    return readSessionListAt(context.now, request, context);
  refuseFuture(resolveFilters(listing.start), context.now);
  return listing;
}

/** @param refuse throws before anything is requested. */
async function readSessionListAt(
  now: Date,
  request: ListRequest,
  context: Context,
  refuse: typeof refuseFuture = () => {},
): Promise<Listing> {
  const { client, call } = context;
  const filters = withoutUndefined(request.filters);
  const { withLastSpeaker: remembered = false, ...position }: ListPosition =
    request.cursor === undefined
      ? { filters, agesFrom: now.toISOString() }
      : decodeCursor(request.cursor, filters);
  const withLastSpeaker = request.withLastSpeaker ?? remembered;
  const limit = limitOf(request.limit, withLastSpeaker);
  const start: ListPosition = withLastSpeaker ? { ...position, withLastSpeaker } : position;
  const query = resolveFilters(start);
  refuseEmptyRange(query);
  refuse(query, now);
  const listing = await collect(client.sessionPages(query, call), start, limit);
  return withLastSpeaker
    ? { ...listing, lastSpeakers: await readLastSpeakers(listing.sessions, context) }
    : listing;
}

/** Where the list continues after the first `n` sessions of a listing. */
export function continueAfter({ positions, start }: Listing, n: number): ListPosition {
  return positions[n - 1]?.() ?? start;
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

/** The API's query: ages become instants. */
function resolveFilters({ filters, agesFrom, page }: ListPosition): ListSessionsQuery {
  const times = timeFilters
    .filter((name) => filters[name] !== undefined)
    .map((name) => [name, resolveTime(filters[name] ?? '', new Date(agesFrom ?? 0))]);
  return {
    ...filters,
    ...Object.fromEntries(times),
    ...(page === undefined ? {} : { cursor: page }),
  } as ListSessionsQuery;
}

/** Clocks may differ by this much. */
const clockToleranceMs = 300_000;

/** The shortest age is a minute. */
const ageToleranceMs = 60_000;

/** @throws ArgumentError for bounds that no session can be between: an empty list would say something else. */
function refuseEmptyRange(query: ListSessionsQuery) {
  for (const kind of ['created', 'updated'] as const) {
    const [after, before] = [query[`${kind}_after`], query[`${kind}_before`]];
    if (after !== undefined && before !== undefined && Date.parse(after) >= Date.parse(before)) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: it begins at ${after} and ends at ${before}. Pass a ${kind}_after that is earlier than ${kind}_before`,
      );
    }
  }
}

/** @throws ArgumentError for a range that begins in the future, for the same reason. */
function refuseFuture(query: ListSessionsQuery, now: Date) {
  for (const kind of ['created', 'updated'] as const) {
    const after = query[`${kind}_after`];
    if (after !== undefined && Date.parse(after) > now.getTime() + clockToleranceMs) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: ${after} is in the future, it is now ${now.toISOString()}`,
      );
    }
  }
}

/** Reads pages, from the start position on, until there are `limit` sessions. */
async function collect(
  pages: AsyncIterable<FetchedPage<Session>>,
  start: ListPosition,
  limit: number,
): Promise<Listing> {
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
      sessions.push(session);
      positions.push(() => listPositionAfter(start, page, index));
    }
    // A page may be empty although the list continues; it need not be read again.
    if (page.next) reached = { ...withoutPlace(start), page: page.next };
    const last = page.items.at(-1);
    more = Boolean(page.next) || (sessions.length === limit && last?.id !== sessions.at(-1)?.id);
    if (sessions.length === limit) break;
  }
  // A cursor that leads back to where it came from leads to no more.
  if (interrupted === 'repeated_cursor') more = false;
  return { sessions, more, positions, start: reached, unreadable, interrupted };
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

/** What all positions of one listing share. */
function withoutPlace({ page: _page, after: _after, ...shared }: ListPosition): ListPosition {
  return shared;
}

function withoutUndefined(filters: ListRequest['filters']): ListFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
