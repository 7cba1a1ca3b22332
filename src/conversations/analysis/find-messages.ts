import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { ArgumentError } from '../errors.ts';
import { matchesContact } from '../listing/contact-filter.ts';
import { readingDeadline } from '../reading/newest-messages.ts';
import type { Interruption } from '../reading/until-failure.ts';
import { resolveTime } from '../time-expression.ts';
import type { Coverage } from './coverage.ts';
import { readChangedSessions } from './messages/changed-sessions.ts';
import { type Batch, workThrough } from './messages/find-batch.ts';
import { decodeFindCursor, type FindFilters, type FindPosition } from './messages/find-cursor.ts';
import type { FoundMessage } from './messages/find-order.ts';
import { loadPlaces, savePlaces } from './messages/known-places.ts';
import type { Stop } from './messages/look-into-histories.ts';
import { parseSince, type Since } from './messages/since.ts';

interface FindRequest {
  readonly filters: { readonly [K in keyof FindFilters]?: FindFilters[K] | undefined };
  /** A time, or `next_since` of an earlier answer. Needed without a cursor. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** `encodeFindCursor` of a position of an earlier answer. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The newest messages that were found, and what they rest on. */
export interface FoundMessages {
  /** Newest first. */
  readonly messages: readonly FoundMessage[];
  readonly since: number;
  readonly until: number | undefined;
  readonly contains: string | undefined;
  /** Of the sessions of these messages, how many belong to the wanted contact only by what the customer claims. */
  readonly claimed: number;
  /** Where the answers continue after the first `n` messages; undefined if that is all. */
  positionAfter(n: number): FindPosition | undefined;
  /** What to pass as `since` later, if the first `n` messages are handed out. */
  nextSinceAfter(n: number): Since;
  readonly coverage: Coverage;
  /** Sessions that could not be read for this answer. */
  readonly failed: readonly FoundMessage['session'][];
  /** Sessions that this answer and those before it passed over, or lack the newest messages of. */
  readonly passedOver: number;
  /** Sessions with a history so long that it was read only in part. */
  readonly inPart: readonly FoundMessage['session'][];
  /** Entries and sessions that could not be read. */
  readonly unreadable: number;
  readonly interrupted: Interruption | undefined;
  readonly stop: Stop | undefined;
}

/** The API's `Date` header tells whole seconds, and the clocks drift between two of them. */
const clockPrecisionMs = 2000;

/** Assumed precision of the local clock if the API sends no `Date` header. */
const localPrecisionMs = 5000;

/**
 * Finds messages over all sessions that changed since a moment, newest change first, within the rate budget and part of
 * the call's time. What is left is found with the cursor, exactly once, however many messages come in meanwhile.
 * @throws ArgumentError for times or a cursor that cannot be used, and the API's error if no session could be listed.
 */
export async function findMessages(request: FindRequest, context: Context): Promise<FoundMessages> {
  const { clock, client, partialResults } = context;
  const began = clock.now();
  const deadline = readingDeadline(context);
  const position =
    request.cursor === undefined
      ? { ...firstPosition(request, context.now), account: context.account }
      : decodeFindCursor(request.cursor, withoutUndefined(request.filters), context.account);
  const list = await readChangedSessions(position, context);
  const offset = client.clockOffset();
  // Everything up to this moment is in what is read from now on.
  const asOf =
    position.asOf ?? began + (offset ?? 0) - (offset === undefined ? localPrecisionMs : clockPrecisionMs);
  const known = await loadPlaces(position.places, position.page, partialResults);
  const batch = await workThrough(list, { ...position, asOf }, position.asOf === undefined, {
    limit: request.limit,
    deadline,
    context,
    known,
  });
  const messages = batch.found.slice(0, request.limit);
  const nextSinceAfter = (n: number) =>
    position.nextSince ?? nextSince(position, asOf, messages.slice(0, n), batch);
  const passedOver = position.failed + batch.passedOver;
  const isLast = batch.positionAfter(messages.length, { ...position, asOf }) === undefined;
  const places = isLast
    ? undefined
    : await savePlaces(batch.places, position.page, position.places, partialResults);
  const common = { ...position, asOf, failed: passedOver, places };
  return {
    messages,
    since: position.since.at,
    until: position.until,
    contains: position.filters.contains,
    claimed: claimedSessions(messages, position.filters.contact),
    positionAfter(n) {
      const next = batch.positionAfter(n, common);
      return next && { ...next, nextSince: nextSinceAfter(n) };
    },
    nextSinceAfter,
    coverage: coverageOf(batch, position, passedOver, list.unreadable + batch.unreadable, list.interrupted),
    failed: batch.failed,
    passedOver,
    inPart: batch.inPart,
    unreadable: list.unreadable + batch.unreadable,
    interrupted: list.interrupted,
    stop: batch.stop,
  };
}

function firstPosition({ filters, since, until, limit: _ }: FindRequest, now: Date): FindPosition {
  if (since === undefined) {
    throw new ArgumentError(
      'since',
      'is required without a cursor; pass a time, a date or an age such as 24h',
    );
  }
  const from = parseSince(since, now) ?? { at: Number.NaN, handedOut: [] };
  const to = until === undefined ? undefined : Date.parse(resolveTime(until, now) ?? '');
  const sinceText = new Date(from.at).toISOString();
  if (to !== undefined && from.at >= to) {
    throw new ArgumentError(
      'since',
      `the range is empty: it begins at ${sinceText} and ends at ${new Date(to).toISOString()}. Pass a since that is earlier than until`,
    );
  }
  if (from.at > now.getTime() + clockToleranceMs) {
    throw new ArgumentError(
      'since',
      `the range is empty: ${sinceText} is in the future, it is now ${now.toISOString()}`,
    );
  }
  return {
    filters: withoutUndefined(filters),
    since: from,
    until: to,
    odd: { done: [], read: [] },
    sessionsBefore: 0,
    failed: 0,
  };
}

/** Clocks may differ by this much. */
const clockToleranceMs = 300_000;

/**
 * Messages up to `asOf` are in the answers to this question, or will be. Later ones may have come after their session was
 * read, so the next question begins there, without those that are handed out now.
 */
function nextSince(
  { since, until }: FindPosition,
  asOf: number,
  shown: readonly FoundMessage[],
  { handedOutBefore }: Batch,
): Since {
  const at = Math.max(since.at, Math.min(asOf, (until ?? Number.POSITIVE_INFINITY) - 1));
  const later = [...handedOutBefore, ...shown].filter((one) => one.place.at > at);
  return { at, handedOut: later.map((one) => one.place.sum) };
}

function coverageOf(
  { sessions, unread, listGoesOn, inPart, failed }: Batch,
  { sessionsBefore }: FindPosition,
  passedOver: number,
  unreadable: number,
  interrupted: Interruption | undefined,
): Coverage {
  const read = sessions.filter((session) => !unread.includes(session));
  const byTime = read
    .map(({ updated_at }) => updated_at)
    .filter((time) => !Number.isNaN(parseTime(time)))
    .sort((a, b) => parseTime(b) - parseTime(a));
  const isWhole = passedOver + failed.length + unreadable + inPart.length === 0 && interrupted === undefined;
  return {
    sessionsRead: sessionsBefore + read.length,
    sessionsMatching: listGoesOn ? undefined : sessionsBefore + sessions.length,
    complete: isWhole && unread.length === 0 && !listGoesOn,
    newest: byTime[0],
    oldest: byTime.at(-1),
  };
}

function withoutUndefined(filters: FindRequest['filters']): FindFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

function claimedSessions(messages: readonly FoundMessage[], contact: string | undefined): number {
  if (contact === undefined) return 0;
  const sessions = new Set(messages.map(({ session }) => session));
  return [...sessions].filter((session) => matchesContact(session, contact) === 'claimed').length;
}
