import type { ListSessionsQuery } from '../../client/client.ts';
import { z } from '../../contract/zod.ts';
import { ArgumentError } from '../errors.ts';
import { resolveTime, TimeArgument } from '../time-expression.ts';

/** The filters of a list as the caller gave them. Times may be ages, such as `24h`. */
export const ListFilters = z
  .object({
    status: z.string(),
    channel_type: z.string(),
    handed_off: z.boolean(),
    created_after: TimeArgument,
    created_before: TimeArgument,
    updated_after: TimeArgument,
    updated_before: TimeArgument,
    /** Whose sessions: see contact-filter.ts. The API has no such filter. */
    contact: z.string(),
  })
  .partial()
  .strict();
export type ListFilters = z.infer<typeof ListFilters>;

/** Whether a filter is an age. */
export function hasAge(filters: ListFilters): boolean {
  const { created_after, created_before, updated_after, updated_before } = filters;
  return [created_after, created_before, updated_after, updated_before].some(
    (time) => time !== undefined && resolveTime(time, new Date(0)) !== resolveTime(time, new Date(1)),
  );
}

/** Filters as a tool gets them: those that were not given are undefined. */
export type GivenFilters = { readonly [K in keyof ListFilters]?: ListFilters[K] | undefined };

export function givenFilters(filters: GivenFilters): ListFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

const timeFilters = ['created_after', 'created_before', 'updated_after', 'updated_before'] as const;

/**
 * The API's query for these filters, except `contact`: ages become instants.
 * @param agesFrom ages count back from here.
 * @throws ArgumentError for bounds that no session can be between: an empty list would say something else.
 */
export function apiQuery(
  { contact: _contact, ...filters }: ListFilters,
  agesFrom: string,
): ListSessionsQuery {
  const times = timeFilters
    .filter((name) => filters[name] !== undefined)
    .map((name) => [name, resolveTime(filters[name] ?? '', new Date(agesFrom))]);
  const query = { ...filters, ...Object.fromEntries(times) } as ListSessionsQuery;
  refuseEmptyRange(query);
  return query;
}

function refuseEmptyRange(query: ListSessionsQuery) {
  for (const kind of ['created', 'updated'] as const) {
    const [after, before] = [query[`${kind}_after`], query[`${kind}_before`]];
    // Without a bound it is NaN.
    if (Date.parse(after ?? '') >= Date.parse(before ?? '')) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: it begins at ${after} and ends at ${before}. Pass a ${kind}_after that is earlier than ${kind}_before`,
      );
    }
  }
}

/** Clocks may differ by this much. */
const clockToleranceMs = 300_000;

/** @throws ArgumentError for a range that begins in the future, for the same reason. */
export function refuseFuture(query: ListSessionsQuery, now: Date) {
  for (const kind of ['created', 'updated'] as const) {
    const after = query[`${kind}_after`];
    if (Date.parse(after ?? '') > now.getTime() + clockToleranceMs) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: ${after} is in the future, it is now ${now.toISOString()}`,
      );
    }
  }
}
