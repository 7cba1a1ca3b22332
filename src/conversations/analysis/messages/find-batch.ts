import type { Session } from '../../../contract/entities.ts';
import { parseTime } from '../../../text/time-format.ts';
import type { Deadline } from '../../../time/deadline.ts';
import type { Context } from '../../context.ts';
import { checksum } from '../../listing/checksum.ts';
import { beganBefore, type ChangedSessions } from './changed-sessions.ts';
import type { FindPosition } from './find-cursor.ts';
import {
  after,
  comparePlaces,
  type FoundMessage,
  foundMessage,
  newestFirst,
  type Place,
  placeOfSession,
} from './find-order.ts';
import type { KnownPlaces } from './known-places.ts';
import { type LookedInto, lookIntoHistories, type Stop } from './look-into-histories.ts';
import { messageTest } from './message-filter.ts';

/** What one call found in one part of the session list. */
export interface Batch {
  /** Newest first. There may be more than were asked for. */
  readonly found: readonly FoundMessage[];
  /** Messages that belong to this time but were handed out to an earlier question. */
  readonly handedOutBefore: readonly FoundMessage[];
  /** All sessions of the part. */
  readonly sessions: readonly Session[];
  /** Those that were not looked into, neither now nor for an earlier answer. */
  readonly unread: readonly Session[];
  readonly listGoesOn: boolean;
  /** Those that could not be read. */
  readonly failed: readonly Session[];
  readonly inPart: readonly Session[];
  /** Of these, and of those before `rest`, how many were looked into for the first time and lack their newest messages. */
  readonly passedOver: number;
  readonly unreadable: number;
  readonly stop: Stop | undefined;
  /** For the next answers about this part. */
  readonly places: KnownPlaces;
  /** Where the answers continue after the first `n` of `found`; undefined if that is all. */
  positionAfter(n: number, common: FindPosition): FindPosition | undefined;
}

interface Work {
  readonly limit: number;
  readonly deadline: Deadline;
  readonly context: Context;
  readonly known: KnownPlaces;
}

type Working = FindPosition & { readonly asOf: number };

/** Sessions that may be read again for their older messages. With more, those are handed out before others are read. */
const maxReadAgain = 40;

/** More would make the cursor longer. */
const maxOdd = 30;

/** Reads on in one part of the list, and makes the answer's messages. */
export async function workThrough(
  list: ChangedSessions,
  position: Working,
  isFirst: boolean,
  work: Work,
): Promise<Batch> {
  const { filters, since, asOf, last } = position;
  const { limit, deadline, context, known } = work;
  // Later answers leave out what came after the first one.
  const until = Math.min(
    position.until ?? Number.POSITIVE_INFINITY,
    isFirst ? Number.POSITIVE_INFINITY : asOf + 1,
  );
  const sessions = list.sessions.filter((session) => beganBefore(session, until));
  const test = messageTest(filters, context.call.signal);
  const handedOut = new Set(since.handedOut);
  const handedOutBefore: FoundMessage[] = [];
  // One that changed may be looked into twice. The second time counts.
  const looks = new Map<Session, LookedInto | undefined>();
  let stop: Stop | undefined;

  /** Looks into sessions and keeps what matches in `found`. @returns what is known of the first ones, as far as it came. */
  async function look(
    these: readonly Session[],
    found: FoundMessage[],
    isEnough?: (session: Session) => boolean,
  ): Promise<readonly (LookedInto | undefined)[]> {
    const matches = new Map<Session, FoundMessage[]>();
    const onHistory = async (session: Session, { items }: LookedInto) => {
      const own: FoundMessage[] = [];
      for (const index of items.keys()) {
        const message = foundMessage(session, items, index);
        if (!message || !(message.place.at > since.at && message.place.at < until)) continue;
        if (!(await test(message.item))) continue;
        if (handedOut.has(message.place.sum)) handedOutBefore.push(message);
        else own.push(message);
      }
      matches.set(session, own);
      found.push(...own);
    };
    const result = await lookIntoHistories(
      these,
      { since: since.at, deadline, onHistory, isEnough },
      context,
    );
    stop ??= result.stop;
    // What was read beyond the first session that was not is left for the next answer, which begins there.
    const read = these.slice(0, result.histories.length);
    found.splice(0, found.length, ...read.flatMap((session) => matches.get(session) ?? []));
    for (const [n, session] of read.entries()) looks.set(session, result.histories[n]);
    return result.histories;
  }

  const isBegun = [position.done, position.readTo, last].some((place) => place !== undefined);
  const changed = isBegun
    ? sessions.filter((session) => !known.has(session.id) && placeOfSession(session).at > asOf)
    : [];
  const places = new Map(sessions.map((session) => [session, knownPlace(session, known)]));
  const histories = await look(changed, []);
  for (const [n, history] of histories.entries()) {
    const session = changed[n];
    if (session) places.set(session, placeAsOf(session, history, asOf));
  }
  const placeOf = (session: Session) => places.get(session) as Place;
  // One that could not be read may be, later. Without its place, it is not known what was handed out of it.
  const unsettled = new Set(changed.filter((_, n) => histories[n] === undefined));
  const failed = changed.filter((_, n) => n < histories.length && histories[n] === undefined);
  const placed = sessions.filter((session) => !failed.includes(session));
  const newPlaces = new Map(known);
  for (const [session, { at }] of places) if (!unsettled.has(session)) newPlaces.set(session.id, at);
  const { batch, rest } = split(placed, placeOf, new Set(changed), position);
  const nothing = (): Batch => ({
    ...{ found: [], handedOutBefore: [], sessions, unread: rest, stop, passedOver: 0, places: newPlaces },
    ...gapsOf(looks),
    listGoesOn: list.end !== undefined,
    positionAfter: (_n, common) => ({ ...position, ...common, end: list.end }),
  });
  // Without all of them it is not known which sessions were read before.
  if (list.isShort || histories.length < changed.length) return nothing();

  const older: FoundMessage[] = [];
  if (last !== undefined && (await look(batch, older)).length < batch.length) return nothing();
  const left = after(newestFirst(older), last);
  const isInOrder = position.readTo !== undefined && position.readTo.at < (last?.at ?? Number.NaN);
  const readsOn = left.length === 0 || (isInOrder && batch.length <= maxReadAgain);

  const fresh: FoundMessage[] = [];
  const isEnough = (session: Session) => {
    const { at } = placeOf(session);
    return [...left, ...fresh].filter((one) => one.place.at > at).length >= limit;
  };
  const looked = readsOn ? await look(rest, fresh, isEnough) : [];
  const passedOver =
    failed.length + looked.filter((history) => history === undefined || history.lacksNewest).length;
  const found = newestFirst([...left, ...fresh]);
  const unread = rest.slice(looked.length);
  const [next] = unread;
  const readTo = readsOn ? next && placeOf(next) : position.readTo;
  const newOdd = readsOn && readTo ? oddOnes(fresh, asOf, readTo) : [];
  const odd = {
    done: position.odd.done,
    read: [...position.odd.read, ...newOdd].slice(0, maxOdd),
  };
  const done = left.length === 0 && last !== undefined ? position.readTo : position.done;
  return {
    ...{ found, handedOutBefore, sessions, unread, stop, passedOver, places: newPlaces },
    ...gapsOf(looks),
    listGoesOn: list.end !== undefined,
    positionAfter(n, common) {
      const here = { ...common, end: list.end };
      const lastShown = found[n - 1]?.place ?? last;
      if (n < found.length) return { ...here, done, readTo, last: lastShown, odd };
      if (readTo !== undefined) {
        const allOdd = { done: [...odd.done, ...odd.read].slice(-maxOdd), read: [] };
        return { ...here, done: readTo, readTo: undefined, last: undefined, odd: allOdd };
      }
      if (list.end === undefined) return undefined;
      return {
        ...common,
        ...{
          page: list.end.nextPage,
          places: undefined,
          end: undefined,
          done: undefined,
          readTo: undefined,
          last: undefined,
        },
        odd: { done: [], read: [] },
        sessionsBefore: common.sessionsBefore + sessions.length,
      };
    },
  };
}

/** What is missing from the histories that were looked into. */
function gapsOf(looks: ReadonlyMap<Session, LookedInto | undefined>) {
  const all = [...looks];
  const histories = all.flatMap(([, history]) => history ?? []);
  return {
    failed: all.filter(([, history]) => history === undefined).map(([session]) => session),
    inPart: all.filter(([, history]) => history?.isPart).map(([session]) => session),
    unreadable: histories.reduce(
      (sum, { items, unreadable }) => sum + unreadable + items.filter(hasNoTime).length,
      0,
    ),
  };
}

function hasNoTime({ created_at }: { readonly created_at: string }): boolean {
  return Number.isNaN(parseTime(created_at));
}

function knownPlace(session: Session, known: KnownPlaces): Place {
  const place = placeOfSession(session);
  return { ...place, at: known.get(session.id) ?? place.at };
}

/** The place that a session had before it changed again: that of its last entry. */
function placeAsOf(session: Session, history: LookedInto | undefined, asOf: number): Place {
  const times = (history?.items ?? []).map(({ created_at }) => parseTime(created_at));
  const before = times.filter((time) => time <= asOf);
  return {
    at: before.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...before),
    sum: checksum(session.id),
  };
}

/** The sessions to be read again for their older messages, and those that were not read, in the order of their places. */
function split(
  sessions: readonly Session[],
  placeOf: (session: Session) => Place,
  changed: ReadonlySet<Session>,
  { done, readTo, last, odd }: FindPosition,
): { batch: Session[]; rest: Session[] } {
  const isBefore = (session: Session, place: Place | undefined) =>
    place !== undefined && comparePlaces(placeOf(session), place) < 0;
  const isOdd = (session: Session, sums: readonly string[]) =>
    changed.has(session) && sums.includes(checksum(session.id));
  const open = sessions.filter((session) => !isBefore(session, done) && !isOdd(session, odd.done));
  const isRead = (session: Session) =>
    last !== undefined && (readTo === undefined || isBefore(session, readTo) || isOdd(session, odd.read));
  const inOrder = open.toSorted((one, other) => comparePlaces(placeOf(one), placeOf(other)));
  return {
    // One that began after the last message that was handed out has no older ones.
    batch: inOrder.filter((session) => isRead(session) && beganBefore(session, last?.at ?? 0)),
    rest: inOrder.filter((session) => !isRead(session)),
  };
}

/** Sessions with matches whose last entry alone would not tell that they were read. See `FindPosition.odd`. */
function oddOnes(found: readonly FoundMessage[], asOf: number, readTo: Place): string[] {
  const sessions = new Map(found.map(({ session, history }) => [session, history]));
  return [...sessions]
    .filter(([session, items]) => {
      const place = placeAsOf(session, { items, isPart: false, lacksNewest: false, unreadable: 0 }, asOf);
      return comparePlaces(place, readTo) >= 0;
    })
    .map(([session]) => checksum(session.id));
}
