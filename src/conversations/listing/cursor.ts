import { z } from '../../contract/zod.ts';
import { decodeMembers, encodeMembers, foreignMember, foreignText } from '../cursor-codec.ts';
import { ArgumentError } from '../errors.ts';
import { hasAge, ListFilters } from './filters.ts';
import type { ResumePosition } from './resume-position.ts';

/**
 * Where a list continues: the API's cursor of the page to read, the position on that page, and the filters with the
 * moment that their ages count from, so that `24h` means the same on every page.
 */
export interface ListPosition {
  /** The account whose list it is, as in `Context`. */
  readonly account?: string | undefined;
  readonly filters: ListFilters;
  /** ISO 8601; needed only if a filter is an age. */
  readonly agesFrom?: string;
  readonly page?: string;
  /** Whether the caller asked for the last message of each session. */
  readonly withLastSpeaker?: boolean;
  readonly after?: ResumePosition;
  /** Sessions that were looked through so far, if the list is of one contact. */
  readonly read?: number;
}

/** Short names, because a model copies the cursor character by character. */
const shortNames = {
  status: 's',
  channel_type: 'c',
  handed_off: 'h',
  created_after: 'ca',
  created_before: 'cb',
  updated_after: 'ua',
  updated_before: 'ub',
  contact: 'w',
} as const satisfies Record<keyof ListFilters, string>;

/** The rest of a cursor: `t` moment of ages, `p` page, `b` page in base64url, `l` last messages, `r` read, `m` passed sessions, `mt` time created (negative: oldest first). */
const Rest = z
  .object({
    t: z.coerce.number().int().min(0).max(8.64e15),
    p: z.string().min(1),
    b: z.string().min(1),
    l: z.literal('1'),
    r: z.coerce.number().int().min(0).max(1e9),
    m: z.string().regex(/^[0-9a-z]{1,7}(?:\.[0-9a-z]{1,7})*$/),
    mt: z.coerce.number().int().min(-8.64e15).max(8.64e15),
  })
  .partial()
  .strict();

const version = 's3';

export function encodeCursor({
  account,
  filters,
  agesFrom,
  page,
  withLastSpeaker,
  after,
  read,
}: ListPosition): string {
  const { created } = after ?? {};
  const content = {
    ...Object.fromEntries(Object.entries(filters).map(([name, value]) => [shortName(name), String(value)])),
    ...(agesFrom !== undefined && hasAge(filters) ? { t: String(Date.parse(agesFrom)) } : {}),
    ...foreignMember('p', 'b', page),
    ...(withLastSpeaker ? { l: '1' } : {}),
    ...(read === undefined ? {} : { r: String(read) }),
    ...(after ? { m: after.passed.join('.') } : {}),
    ...(created ? { mt: String(created.newestFirst ? created.at : -created.at) } : {}),
  };
  return encodeMembers(version, content, account);
}

function shortName(filter: string): string {
  return shortNames[filter as keyof ListFilters];
}

function decode(cursor: string, account: string | undefined): ListPosition | undefined {
  const content = decodeMembers(version, cursor, account);
  if (content === undefined) return undefined;
  const given = Object.entries(shortNames).flatMap(([name, short]) => {
    const value = content.get(short);
    content.delete(short);
    return value === undefined ? [] : [[name, name === 'handed_off' ? value === 'true' : value]];
  });
  const filters = ListFilters.safeParse(Object.fromEntries(given));
  const rest = Rest.safeParse(Object.fromEntries(content));
  if (!filters.success || !rest.success) return undefined;
  const { t, p, b, l, r, m, mt } = rest.data;
  const page = foreignText(p, b);
  if ((m === undefined && mt !== undefined) || (p !== undefined && b !== undefined)) return undefined;
  if (t === undefined && hasAge(filters.data)) return undefined;
  return {
    ...(account === undefined ? {} : { account }),
    filters: filters.data,
    ...(t === undefined ? {} : { agesFrom: new Date(t).toISOString() }),
    ...(page === undefined ? {} : { page }),
    ...(l === undefined ? {} : { withLastSpeaker: true }),
    ...(r === undefined ? {} : { read: r }),
    ...(m === undefined
      ? {}
      : {
          after: {
            passed: m.split('.'),
            ...(mt === undefined ? {} : { created: { at: Math.abs(mt), newestFirst: mt >= 0 } }),
          },
        }),
  };
}

/**
 * @param given the filters passed together with the cursor: none, or the same ones that it was made with.
 * @param account the caller's.
 * @throws ArgumentError for a cursor that this server did not make, or that belongs to another account or other filters.
 */
export function decodeCursor(cursor: string, given: ListFilters, account?: string): ListPosition {
  const foreign = new ArgumentError(
    'cursor',
    'this is not a cursor of list_sessions, or it belongs to another account; pass next_cursor unchanged, or leave cursor out to start again',
  );
  const position = decode(cursor, account);
  if (position === undefined) throw foreign;
  for (const [name, value] of Object.entries(given)) {
    if (position.filters[name as keyof ListFilters] !== value) {
      throw new ArgumentError(
        'cursor',
        `it belongs to a list with other filters (${name} differs); pass it alone, or leave it out to start again`,
      );
    }
  }
  return position;
}
