import { z } from '../contract/zod.ts';
import { ArgumentError } from './errors.ts';
import { resolveTime, TimeArgument } from './time-argument.ts';

/** The filters of list_sessions as the model gave them. */
export const ListFilters = z
  .object({
    status: z.string(),
    channel_type: z.string(),
    handed_off: z.boolean(),
    created_after: TimeArgument,
    created_before: TimeArgument,
    updated_after: TimeArgument,
    updated_before: TimeArgument,
  })
  .partial()
  .strict();
export type ListFilters = z.infer<typeof ListFilters>;

/**
 * How to find the place behind the last session handed out, also when that session has left the list meanwhile, as it
 * does when a list of open ones is worked off and closed.
 */
export interface Anchor {
  /** Marks of the last sessions passed on the page, in its order: the last one is where the list was left. */
  readonly passed: readonly string[];
  /** When the last one was created, and in which order the page stood; absent where it stood in neither. */
  readonly created?: { readonly at: number; readonly newestFirst: boolean };
}

/**
 * Where a list goes on. It holds the API's cursor of the page to read, the last sessions handed out of that page, and
 * the filters with the moment that their ages count from, so that `24h` means the same on every page.
 */
export interface ListPosition {
  readonly filters: ListFilters;
  /** ISO 8601; absent where no filter is an age. */
  readonly agesFrom?: string;
  readonly page?: string;
  readonly anchor?: Anchor;
}

/** Short names, since a model copies the cursor character by character. */
const shortNames = {
  status: 's',
  channel_type: 'c',
  handed_off: 'h',
  created_after: 'ca',
  created_before: 'cb',
  updated_after: 'ua',
  updated_before: 'ub',
} as const satisfies Record<keyof ListFilters, string>;

/** A cursor's content: filters, time of ages, page (where it is no plain word), marks, time created (below 0: oldest first). */
const Content = z
  .object({
    f: z.record(z.union([z.string(), z.boolean()])).optional(),
    t: z.number().int().min(0).max(8.64e15).optional(),
    p: z.string().optional(),
    m: z
      .string()
      .regex(/^[0-9a-z]{1,7}(?:\.[0-9a-z]{1,7})*$/)
      .optional(),
    c: z.number().int().min(-8.64e15).max(8.64e15).optional(),
  })
  .strict();

/** `s2.`, the page's cursor where that is one plain word, and the rest as base64url of JSON. */
const form = /^s2\.([\w-]*)\.([\w-]+)$/;

export function encodeCursor({ filters, agesFrom, page, anchor }: ListPosition): string {
  const isPlain = page !== undefined && /^[\w-]+$/.test(page);
  const short = Object.entries(filters).map(([name, value]) => [
    shortNames[name as keyof ListFilters],
    value,
  ]);
  const content: z.infer<typeof Content> = {
    ...(short.length > 0 ? { f: Object.fromEntries(short) } : {}),
    ...(agesFrom !== undefined && hasAge(filters) ? { t: Date.parse(agesFrom) } : {}),
    ...(page === undefined || isPlain ? {} : { p: page }),
    ...(anchor ? { m: anchor.passed.join('.') } : {}),
    ...(anchor?.created ? { c: anchor.created.newestFirst ? anchor.created.at : -anchor.created.at } : {}),
  };
  const body = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `s2.${isPlain ? page : ''}.${body}`;
}

function decode(cursor: string): ListPosition | undefined {
  const [, plain = '', body = ''] = form.exec(cursor) ?? [];
  const content = Content.safeParse(parsed(Buffer.from(body, 'base64url').toString('utf8')));
  if (!content.success) return undefined;
  const { f = {}, t, p, m, c } = content.data;
  const names = Object.entries(shortNames);
  const long = Object.entries(f).map(([short, value]) => [
    names.find(([, name]) => name === short)?.[0] ?? short,
    value,
  ]);
  const filters = ListFilters.safeParse(Object.fromEntries(long));
  const page = plain === '' ? p : plain;
  if (!filters.success || (p !== undefined && plain !== '') || (m === undefined && c !== undefined))
    return undefined;
  if (t === undefined && hasAge(filters.data)) return undefined;
  return {
    filters: filters.data,
    ...(t === undefined ? {} : { agesFrom: new Date(t).toISOString() }),
    ...(page === undefined ? {} : { page }),
    ...(m === undefined
      ? {}
      : {
          anchor: {
            passed: m.split('.'),
            ...(c === undefined ? {} : { created: { at: Math.abs(c), newestFirst: c >= 0 } }),
          },
        }),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Whether a filter counts back from the time of the call. */
function hasAge(filters: ListFilters): boolean {
  const { created_after, created_before, updated_after, updated_before } = filters;
  return [created_after, created_before, updated_after, updated_before].some(
    (time) => time !== undefined && resolveTime(time, new Date(0)) !== resolveTime(time, new Date(1)),
  );
}

/**
 * @param given filters of the call that brings the cursor: none, or the same as those it was made with.
 * @throws ArgumentError for a cursor that is not ours, or that belongs to other filters.
 */
export function decodeCursor(cursor: string, given: ListFilters): ListPosition {
  const foreign = new ArgumentError(
    'cursor',
    'this is no cursor of list_sessions; pass next_cursor as it was given, or leave cursor out to start anew',
  );
  const position = decode(cursor);
  if (position === undefined) throw foreign;
  for (const [name, value] of Object.entries(given)) {
    if (position.filters[name as keyof ListFilters] !== value) {
      throw new ArgumentError(
        'cursor',
        `it belongs to a list with other filters (${name} differs); pass it alone, or leave it out to start anew`,
      );
    }
  }
  return position;
}
