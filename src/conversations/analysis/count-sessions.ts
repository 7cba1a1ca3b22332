import { OpenCxError } from '../../client/errors.ts';
import { z } from '../../contract/zod.ts';
import type { Context } from '../context.ts';
import { ArgumentError } from '../errors.ts';
import { matchesContact } from '../listing/contact-filter.ts';
import { apiQuery, type GivenFilters, givenFilters, ListFilters, refuseFuture } from '../listing/filters.ts';
import type { Coverage } from './coverage.ts';
import { Counter, Tally } from './tally.ts';

/** Why a count is not complete. With `repeated_cursor` and `too_much` it cannot be continued. */
export type Stopped = 'pages' | 'time' | 'rate' | 'failed' | 'repeated_cursor' | 'too_much';

export interface SessionCounts {
  readonly groupBy: readonly string[];
  readonly offsetMinutes: number;
  readonly tally: Tally;
  readonly coverage: Coverage;
  /** The stretch counted and the one before it, if they are compared. */
  readonly stretch?: Stretch | undefined;
  readonly byContact: boolean;
  readonly stopped?: Stopped | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Continues an incomplete count. */
  readonly cursor?: string | undefined;
}

const Stretch = z.object({ previousFrom: z.string(), from: z.string(), to: z.string() });
type Stretch = z.infer<typeof Stretch>;

interface CountRequest {
  readonly filters: GivenFilters;
  readonly groupBy: readonly string[];
  readonly offsetMinutes: number;
  readonly comparePrevious: boolean;
  readonly cursor?: string | undefined;
}

/** An incomplete count, as it is kept until it is continued. */
const PartialCount = z.object({
  filters: ListFilters,
  groupBy: z.array(z.string()),
  offsetMinutes: z.number(),
  comparePrevious: z.boolean(),
  agesFrom: z.string(),
  stretch: Stretch.optional(),
  page: z.string().optional(),
  tally: Tally.optional(),
});
type PartialCount = z.infer<typeof PartialCount>;

/** Part of a call's time for reading; the rest is for the answer. */
const readShare = 0.7;

/** Then it answers in part. */
const maxWaitMs = 2000;

/** Part of a minute's requests that one call may take, so that others get theirs. */
const budgetShare = 0.8;

/** Without a rate limit: 50,000 sessions in pages of 25. */
const maxPages = 2000;

const maxCursorCharacters = 4096;

/**
 * Counts all sessions that match the filters, page by page. What is read before the call has to end is kept, and the
 * count goes on there with its cursor.
 * @throws ArgumentError for a cursor or a stretch that cannot be used; OpenCxError if not even one page can be read.
 */
export async function countSessions(request: CountRequest, context: Context): Promise<SessionCounts> {
  const { client, call, now, partialResults, progress } = context;
  const start = request.cursor === undefined ? begin(request, now) : await resume(request, context);
  const { filters, stretch, agesFrom } = start;
  const filtered = apiQuery(filters, agesFrom);
  // Without the API's clock, a time in the future may be a true one.
  if (client.clockOffset() !== undefined) refuseFuture(filtered, now);
  const query = {
    ...filtered,
    ...(stretch && { created_after: stretch.previousFrom, created_before: stretch.to }),
  };
  const counter = new Counter({ ...start, previousUntil: stretch && Date.parse(stretch.from) }, start.tally);
  const deadline = call.deadline.share(readShare);
  const perMinute = client.requestsPerMinute;
  const limit = perMinute === undefined ? maxPages : Math.max(1, Math.floor(perMinute * budgetShare));
  const passed = new Set<string>();
  let page = start.page;
  let stopped: Stopped | undefined;
  let retryAfterSeconds: number | undefined;

  for (let pages = 1; ; pages += 1) {
    let next: string | null | undefined;
    try {
      const wanted = { ...query, ...(page === undefined ? {} : { cursor: page }) };
      const read = await client.listSessions(wanted, { ...call, deadline, maxWaitMs });
      for (const session of read.items) {
        counter.add(
          session,
          filters.contact === undefined ? 'verified' : matchesContact(session, filters.contact),
        );
      }
      counter.addUnreadable(read.unreadable ?? 0);
      if (read.left_out) stopped = 'too_much';
      next = read.next;
    } catch (error) {
      if (pages === 1 || !(error instanceof OpenCxError) || error.kind === 'cancelled') throw error;
      const reasons: Readonly<Record<string, Stopped>> = { rate_limited: 'rate', timeout: 'time' };
      stopped = reasons[error.kind] ?? 'failed';
      retryAfterSeconds = error.retryAfterSeconds;
      break;
    }
    if (!next || stopped) break;
    if (passed.has(next)) stopped = 'repeated_cursor';
    else if (next.length > maxCursorCharacters) stopped = 'too_much';
    else {
      passed.add(next);
      page = next;
      if (pages % 4 === 0) progress(`Counted ${counter.read} sessions`);
      if (pages >= limit) stopped = 'pages';
      else if (deadline.hasPassed) stopped = 'time';
    }
    if (stopped) break;
  }

  const tally = counter.tally();
  const canContinue = stopped !== undefined && stopped !== 'repeated_cursor' && stopped !== 'too_much';
  const kept: PartialCount = { ...start, ...(page === undefined ? {} : { page }), tally };
  return {
    groupBy: start.groupBy,
    offsetMinutes: start.offsetMinutes,
    tally,
    stretch,
    byContact: filters.contact !== undefined,
    coverage: {
      sessionsRead: tally.read,
      ...(stopped ? {} : { sessionsMatching: tally.read + tally.unreadable }),
      complete: stopped === undefined && tally.unreadable === 0,
      newest: tally.newest,
      oldest: tally.oldest,
    },
    stopped,
    retryAfterSeconds,
    cursor: canContinue ? `count-${await partialResults.save(JSON.stringify(kept))}` : undefined,
  };
}

function begin(request: CountRequest, now: Date): PartialCount {
  const filters = givenFilters(request.filters);
  const { groupBy, offsetMinutes, comparePrevious } = request;
  const agesFrom = now.toISOString();
  const common = { filters, groupBy: [...groupBy], offsetMinutes, comparePrevious, agesFrom };
  return comparePrevious ? { ...common, stretch: stretchOf(filters, now) } : common;
}

/** @throws ArgumentError if the filters do not say from when on. */
function stretchOf(filters: ListFilters, now: Date): Stretch {
  const { created_after: from, created_before: to = now.toISOString() } = apiQuery(
    filters,
    now.toISOString(),
  );
  const other = filters.updated_after ?? filters.updated_before;
  if (from === undefined || other !== undefined) {
    throw new ArgumentError(
      'compare_previous',
      'it compares by time of creation: pass created_after (and created_before, if not until now), without updated_after and updated_before',
    );
  }
  const length = Date.parse(to) - Date.parse(from);
  return { previousFrom: new Date(Date.parse(from) - length).toISOString(), from, to };
}

async function resume(request: CountRequest, { partialResults }: Context): Promise<PartialCount> {
  const [, id] = /^count-([0-9a-f]{12})$/.exec(request.cursor?.trim() ?? '') ?? [];
  if (id === undefined) {
    throw new ArgumentError(
      'cursor',
      'this is not a cursor of count_sessions; pass next_cursor unchanged, or leave cursor out to start again',
    );
  }
  const kept = await partialResults.load(id);
  if (kept === undefined) {
    throw new ArgumentError(
      'cursor',
      'this count is not kept any more (15 minutes, and not after a restart); leave cursor out to start again',
    );
  }
  const partial = PartialCount.parse(JSON.parse(kept));
  const differing = [
    ...Object.entries(givenFilters(request.filters)).filter(
      ([name, value]) => partial.filters[name as keyof ListFilters] !== value,
    ),
    ...(request.groupBy.length > 0 && request.groupBy.join() !== partial.groupBy.join()
      ? [['group_by']]
      : []),
  ];
  if (differing.length > 0) {
    throw new ArgumentError(
      'cursor',
      `it belongs to another count (${differing[0]?.[0]} differs); pass it alone, or leave it out to start again`,
    );
  }
  return partial;
}
