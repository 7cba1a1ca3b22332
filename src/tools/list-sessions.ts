import type { ListSessionsQuery } from '../client/client.ts';
import type { FetchedPage } from '../client/pages.ts';
import { SessionChannel, SessionStatus } from '../contract/primitives.ts';
import type { Session } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { presentSessionList, SessionListView } from '../presenters/session-list.ts';
import { defineTool, readEffect } from './define-tool.ts';
import { ArgumentError } from './errors.ts';
import { decodeCursor, encodeCursor, type ListFilters, type ListPosition } from './list-cursor.ts';
import { resolveTime, TimeArgument } from './time-argument.ts';

/** A list call never asks for more pages than this, however small the API's pages are. */
const maxPages = 40;

const timeFilters = ['created_after', 'created_before', 'updated_after', 'updated_before'] as const;

interface Listing {
  readonly sessions: readonly Session[];
  readonly more: boolean;
  readonly cursorAfter: (n: number) => string;
}

export const listSessions = defineTool({
  name: 'list_sessions',
  title: 'List support sessions',
  description:
    'List support sessions (conversations), filtered. Waiting for a human: status open, handed_off true. Times: ISO 8601, a date, or an age (24h, 7d).',
  effect: readEffect,
  input: z
    .object({
      status: SessionStatus.optional(),
      channel_type: SessionChannel.optional(),
      handed_off: z.boolean().describe('Handed to a human, or not').optional(),
      created_after: TimeArgument.optional(),
      created_before: TimeArgument.optional(),
      updated_after: TimeArgument.optional(),
      updated_before: TimeArgument.optional(),
      limit: z.number().int().min(1).max(100).default(20),
      cursor: z
        .string()
        .describe('next_cursor of the page before; with it, leave the filters out')
        .optional(),
    })
    .strict(),
  output: SessionListView,

  async run({ limit, cursor, ...given }, { client, now, call }): Promise<Listing> {
    const filters = withoutUndefined(given);
    const start =
      cursor === undefined ? { filters, agesFrom: now.toISOString() } : decodeCursor(cursor, filters);
    const pages = client.sessionPages(resolveFilters(start), call);
    return collect(pages, start, limit);
  },

  present: ({ sessions, more, cursorAfter }, context) =>
    presentSessionList(sessions, more, cursorAfter, context),
});

/** The API's query: ages become instants. */
function resolveFilters({ filters, agesFrom, page }: ListPosition): ListSessionsQuery {
  const times = timeFilters
    .filter((name) => filters[name] !== undefined)
    .map((name) => [name, resolveTime(filters[name] ?? '', new Date(agesFrom))]);
  return {
    ...filters,
    ...Object.fromEntries(times),
    ...(page === undefined ? {} : { cursor: page }),
  } as ListSessionsQuery;
}

/** Reads pages until `limit` sessions are there, starting behind the one that the position names. */
async function collect(
  pages: AsyncIterable<FetchedPage<Session>>,
  start: ListPosition,
  limit: number,
): Promise<Listing> {
  const sessions: Session[] = [];
  const positions: ListPosition[] = [];
  let skipping = start.after !== undefined;
  let pagesRead = 0;
  let more = false;
  for await (const page of pages) {
    pagesRead += 1;
    const from = skipping ? page.items.findIndex(({ id }) => id === start.after) + 1 : 0;
    if (skipping && from === 0) {
      more = Boolean(page.next);
      if (pagesRead === maxPages) break;
      continue;
    }
    skipping = false;
    for (const [index, session] of page.items.entries()) {
      if (index < from || sessions.length === limit) continue;
      sessions.push(session);
      positions.push(positionBehind(start, page, index));
    }
    const last = page.items.at(-1);
    more = Boolean(page.next) || (sessions.length === limit && last?.id !== sessions.at(-1)?.id);
    if (sessions.length === limit || pagesRead === maxPages) break;
  }
  if (skipping) {
    throw new ArgumentError(
      'cursor',
      'the session this page ended with is no longer in the list (it changed meanwhile); start anew without cursor',
    );
  }
  return { sessions, more, cursorAfter: (n) => encodeCursor(positions[n - 1] ?? start) };
}

/** Behind the last item of a page the next page begins; elsewhere the same page goes on. */
function positionBehind(start: ListPosition, page: FetchedPage<Session>, index: number): ListPosition {
  const { filters, agesFrom } = start;
  if (index === page.items.length - 1 && page.next) return { filters, agesFrom, page: page.next };
  return {
    filters,
    agesFrom,
    ...(page.cursor === undefined ? {} : { page: page.cursor }),
    after: page.items[index]?.id ?? '',
  };
}

function withoutUndefined(filters: { [K in keyof ListFilters]?: ListFilters[K] | undefined }): ListFilters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
