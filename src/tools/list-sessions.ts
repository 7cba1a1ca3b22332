import type { ListSessionsQuery } from '../client/client.ts';
import type { FetchedPage } from '../client/pages.ts';
import type { Session } from '../contract/entities.ts';
import { SessionChannel, SessionStatus } from '../contract/primitives.ts';
import { z } from '../contract/zod.ts';
import { ArgumentError } from '../conversations/errors.ts';
import {
  decodeCursor,
  encodeCursor,
  type ListFilters,
  type ListPosition,
} from '../conversations/listing/cursor.ts';
import { anchorBehind, partsBehind } from '../conversations/listing/resume-position.ts';
import { readLastWords } from '../conversations/reading/last-speaker.ts';
import { resolveTime, TimeArgument } from '../conversations/time-expression.ts';
import { type LastWord, lastMessageView } from '../presenters/last-message.ts';
import { presentSessionList, SessionListView } from '../presenters/session-list.ts';
import { defineTool, readEffect } from './tool.ts';

/** A list call never asks for more pages than this, however small the API's pages are. */
const maxPages = 40;

const defaultLimit = 20;

/** A tenth of the requests that the API takes in a minute. */
const maxLookedInto = 10;

const timeFilters = ['created_after', 'created_before', 'updated_after', 'updated_before'] as const;

interface Listing {
  readonly sessions: readonly Session[];
  readonly more: boolean;
  readonly cursorAfter: (n: number) => string;
  /** Of each of `sessions`; absent where nobody asked. */
  readonly lastWords?: readonly LastWord[];
}

export const listSessions = defineTool({
  name: 'list_sessions',
  title: 'List support sessions',
  description:
    'List support sessions (conversations), filtered. Waiting for a human: status open, handed_off true. Times: ISO 8601, a date, or an age (24h, 7d).',
  effect: readEffect,
  input: z
    .object({
      status: SessionStatus.describe('Open, or how it was closed').optional(),
      channel_type: SessionChannel.describe('Where the customer writes').optional(),
      handed_off: z.boolean().describe('Handed to a human, or not').optional(),
      created_after: TimeArgument.describe('Created later than').optional(),
      created_before: TimeArgument.describe('Created earlier than').optional(),
      updated_after: TimeArgument.describe('Changed later than').optional(),
      updated_before: TimeArgument.describe('Changed earlier than').optional(),
      limit: z
        .number()
        .int()
        .min(1)
        .max(100)
        .describe('Default 20; with include_last_message 10, at most 10')
        .optional(),
      cursor: z
        .string()
        .describe('next_cursor of the page before; with it, leave the filters out')
        .optional(),
      include_last_message: z
        .boolean()
        .describe('Adds the last message and whether the customer waits: one more request a session')
        .default(false),
    })
    .strict(),
  output: SessionListView,

  async run({ limit: wanted, cursor, include_last_message, ...given }, context): Promise<Listing> {
    const { client, now, call } = context;
    const limit = limitOf(wanted, include_last_message);
    const filters = withoutUndefined(given);
    const start =
      cursor === undefined ? { filters, agesFrom: now.toISOString() } : decodeCursor(cursor, filters);
    const query = resolveFilters(start);
    refuseEmptyRange(query, now);
    const listing = await collect(client.sessionPages(query, call), start, limit);
    return include_last_message
      ? { ...listing, lastWords: await readLastWords(listing.sessions, context) }
      : listing;
  },

  async present({ sessions, more, cursorAfter, lastWords }, context) {
    const views = lastWords?.map((last, index) => lastMessageView(sessions[index]?.status ?? '', last));
    const lastMessages = views && (await Promise.all(views));
    return presentSessionList(sessions, more, cursorAfter, context, lastMessages);
  },
});

/** @throws ArgumentError for more sessions than may be looked into. */
function limitOf(wanted: number | undefined, withLastMessage: boolean): number {
  if (!withLastMessage) return wanted ?? defaultLimit;
  if (wanted !== undefined && wanted > maxLookedInto) {
    throw new ArgumentError(
      'limit',
      `with include_last_message it is at most ${maxLookedInto}, because each session costs a request of its own. Give ${maxLookedInto} or less, or leave include_last_message out`,
    );
  }
  return wanted ?? maxLookedInto;
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

/** Clocks differ by this much without anybody's fault. */
const clockToleranceMs = 300_000;

/** @throws ArgumentError for bounds that no session can lie between: an empty list would say something else. */
function refuseEmptyRange(query: ListSessionsQuery, now: Date) {
  for (const kind of ['created', 'updated'] as const) {
    const [after, before] = [query[`${kind}_after`], query[`${kind}_before`]];
    if (after === undefined) continue;
    if (before !== undefined && Date.parse(after) >= Date.parse(before)) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: it begins at ${after} and ends at ${before}. Give a ${kind}_after that is earlier than ${kind}_before`,
      );
    }
    if (Date.parse(after) > now.getTime() + clockToleranceMs) {
      throw new ArgumentError(
        `${kind}_after`,
        `the range is empty: ${after} is in the future, it is now ${now.toISOString()}`,
      );
    }
  }
}

/** Reads pages until `limit` sessions are there, starting at the place that the position names. */
async function collect(
  pages: AsyncIterable<FetchedPage<Session>>,
  start: ListPosition,
  limit: number,
): Promise<Listing> {
  const sessions: Session[] = [];
  const positions: ListPosition[] = [];
  let more = false;
  let reached = start;
  for await (const { page, from } of partsBehind(pages, start.anchor, maxPages)) {
    for (const [index, session] of page.items.entries()) {
      if (index < from || sessions.length === limit) continue;
      sessions.push(session);
      positions.push(positionBehind(start, page, index));
    }
    // Pages may be empty and the list go on: what was passed need not be read again.
    if (page.next) reached = { filters: start.filters, ...agesOf(start), page: page.next };
    const last = page.items.at(-1);
    more = Boolean(page.next) || (sessions.length === limit && last?.id !== sessions.at(-1)?.id);
    if (sessions.length === limit) break;
  }
  return { sessions, more, cursorAfter: (n) => encodeCursor(positions[n - 1] ?? reached) };
}

/** Behind the last item of a page the next page begins; elsewhere the same page goes on. */
function positionBehind(start: ListPosition, page: FetchedPage<Session>, index: number): ListPosition {
  const { filters } = start;
  const ages = agesOf(start);
  if (index === page.items.length - 1 && page.next) return { filters, ...ages, page: page.next };
  return {
    filters,
    ...ages,
    ...(page.cursor === undefined ? {} : { page: page.cursor }),
    anchor: anchorBehind(page.items, index),
  };
}

function agesOf({ agesFrom }: ListPosition): { agesFrom?: string } {
  return agesFrom === undefined ? {} : { agesFrom };
}

function withoutUndefined(filters: { [K in keyof ListFilters]?: ListFilters[K] | undefined }): ListFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
