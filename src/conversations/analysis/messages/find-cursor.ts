import { z } from '../../../contract/zod.ts';
import { decodeMembers, encodeMembers, foreignMember, foreignText } from '../../cursor-codec.ts';
import { ArgumentError } from '../../errors.ts';
import type { Place } from './find-order.ts';
import type { Since } from './since.ts';

/** Which sessions and messages a question is about, as the caller gave them. */
export const FindFilters = z
  .object({
    status: z.string(),
    channel_type: z.string(),
    handed_off: z.boolean(),
    contact: z.string(),
    from: z.string(),
    contains: z.string(),
    has_attachment: z.boolean(),
    include_events: z.boolean(),
  })
  .partial()
  .strict();
export type FindFilters = z.infer<typeof FindFilters>;

/** The last session of a part of the list, by its time of creation, and the API's cursor of the page after it. */
export interface PartEnd {
  readonly session: Place;
  readonly nextPage: string;
}

/** Where the answers to one question continue. Nothing has to be kept in memory for it. */
export interface FindPosition {
  /** The account that was asked about, as in `Context`. */
  readonly account?: string | undefined;
  readonly filters: FindFilters;
  readonly since: Since;
  /** Milliseconds since 1970; messages of this moment do not count. */
  readonly until?: number | undefined;
  /**
   * Set from the second answer on: a moment just before the first one, in milliseconds since 1970. Later messages belong
   * to the next question.
   */
  readonly asOf?: number | undefined;
  /** `next_since` of the first answer. */
  readonly nextSince?: Since | undefined;
  /** The API's cursor of the first page of the part of the list that is being worked through. */
  readonly page?: string | undefined;
  /** Where that part ends, if the list goes on after it. */
  readonly end?: PartEnd | undefined;
  /** All messages of the sessions before this place were handed out. */
  readonly done?: Place | undefined;
  /** The sessions from `done` to this place were read. Undefined if that is not so, or for all sessions of the part. */
  readonly readTo?: Place | undefined;
  /** Of those sessions, the messages up to and including this one were handed out. */
  readonly last?: Place | undefined;
  /**
   * Sessions that were read although their last entry is older than where reading ended, because something else about
   * them changed. If they change again, their last entry alone would not tell that they were read.
   */
  readonly odd: { readonly done: readonly string[]; readonly read: readonly string[] };
  /** Sessions looked into in the parts of the list before this one. */
  readonly sessionsBefore: number;
  /** Sessions that could not be read to the end, so far. */
  readonly failed: number;
  /** The id of their places. See `KnownPlaces`. */
  readonly places?: string | undefined;
}

const version = 'f1';

/** Short names, because a model copies the cursor character by character. */
const filterNames = {
  status: 's',
  channel_type: 'c',
  handed_off: 'h',
  contact: 'k',
  from: 'f',
  contains: 'w',
  has_attachment: 'a',
  include_events: 'e',
} as const satisfies Record<keyof FindFilters, string>;

const sums = z.string().regex(/^[0-9a-z]{1,7}(?:\.[0-9a-z]{1,7})*$/);
const place = z.string().regex(/^(?:-?\d{1,16}|Infinity)\.[0-9a-z]{1,7}$/);
/** A moment, and checksums of messages handed out after it. */
const moment = z.string().regex(/^\d{1,16}(?:\.[0-9a-z]{1,7}){0,50}$/);
const count = z.coerce.number().int().min(0).max(1_000_000);

/**
 * `t` since, `u` until, `n` as of, `x` next_since, `p` page, `b` page in base64url, `g` last session of the part, `i` page
 * after it, `j` the same in base64url, `d` done, `r` read to, `m` last message, `od` and `or` odd ones, `q` sessions before, `z` failed, `y` places.
 */
const Rest = z
  .object({
    t: moment,
    u: z.coerce.number().int(),
    n: z.coerce.number().int(),
    x: moment,
    p: z.string().min(1),
    b: z.string().min(1),
    g: place,
    i: z.string().min(1),
    j: z.string().min(1),
    d: place,
    r: place,
    m: place,
    od: sums,
    or: sums,
    q: count,
    z: count,
    y: z.string().regex(/^[0-9a-f]{12}$/),
  })
  .partial()
  .strict();

export function encodeFindCursor(position: FindPosition): string {
  const { filters, since, until, asOf, nextSince, page, end, done, readTo, last, odd } = position;
  const given = Object.entries(filters).map(([name, value]) => [
    filterNames[name as keyof FindFilters],
    String(value),
  ]);
  const content = {
    ...Object.fromEntries(given),
    t: momentText(since),
    u: until === undefined ? undefined : String(until),
    n: asOf === undefined ? undefined : String(asOf),
    // Usually the same as `n`.
    x: nextSince && momentText(nextSince) !== String(asOf) ? momentText(nextSince) : undefined,
    ...foreignMember('p', 'b', page),
    g: end && placeText(end.session),
    ...foreignMember('i', 'j', end?.nextPage),
    d: done && placeText(done),
    r: readTo && placeText(readTo),
    m: last && placeText(last),
    od: odd.done.join('.') || undefined,
    or: odd.read.join('.') || undefined,
    q: position.sessionsBefore > 0 ? String(position.sessionsBefore) : undefined,
    z: position.failed > 0 ? String(position.failed) : undefined,
    y: position.places,
  };
  return encodeMembers(version, content, position.account);
}

function placeText({ at, sum }: Place): string {
  return `${at}.${sum}`;
}

function momentText({ at, handedOut }: Since): string {
  return [at, ...handedOut.slice(0, 50)].join('.');
}

function momentOf(text: string): Since {
  const [at = '', ...handedOut] = text.split('.');
  return { at: Number(at), handedOut };
}

function placeOf(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined;
  const [at = '', sum = ''] = text.split('.');
  return { at: Number(at), sum };
}

function decode(cursor: string, account: string | undefined): FindPosition | undefined {
  const content = decodeMembers(version, cursor, account);
  if (content === undefined) return undefined;
  const given = Object.entries(filterNames).flatMap(([name, short]) => {
    const value = content.get(short);
    content.delete(short);
    const isBoolean = ['handed_off', 'has_attachment', 'include_events'].includes(name);
    return value === undefined ? [] : [[name, isBoolean ? value === 'true' : value]];
  });
  const filters = FindFilters.safeParse(Object.fromEntries(given));
  const rest = Rest.safeParse(Object.fromEntries(content));
  if (!filters.success || !rest.success) return undefined;
  const {
    t,
    u,
    n,
    x = n === undefined ? undefined : String(n),
    p,
    b,
    g,
    i,
    j,
    d,
    r,
    m,
    od,
    or,
    q = 0,
    z: failed = 0,
    y: places,
  } = rest.data;
  const endSession = placeOf(g);
  const nextPage = foreignText(i, j);
  if (t === undefined || (endSession === undefined) !== (nextPage === undefined)) return undefined;
  return {
    account,
    filters: filters.data,
    since: momentOf(t),
    until: u,
    asOf: n,
    nextSince: x === undefined ? undefined : momentOf(x),
    page: foreignText(p, b),
    end: endSession && nextPage !== undefined ? { session: endSession, nextPage } : undefined,
    done: placeOf(d),
    readTo: placeOf(r),
    last: placeOf(m),
    odd: { done: od?.split('.') ?? [], read: or?.split('.') ?? [] },
    sessionsBefore: q,
    failed,
    places,
  };
}

/**
 * @param given the filters passed together with the cursor: none, or the same ones that it was made with.
 * @param account the caller's.
 * @throws ArgumentError for a cursor that this server did not make, or that belongs to another account or other filters.
 */
export function decodeFindCursor(cursor: string, given: FindFilters, account?: string): FindPosition {
  const position = decode(cursor, account);
  if (position === undefined) {
    throw new ArgumentError(
      'cursor',
      'this is not a cursor of find_messages, or it belongs to another account; pass next_cursor unchanged, or leave cursor out and pass since',
    );
  }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && position.filters[name as keyof FindFilters] !== value) {
      throw new ArgumentError(
        'cursor',
        `it belongs to a question with other filters (${name} differs); pass it alone, or leave it out to start again`,
      );
    }
  }
  return position;
}
