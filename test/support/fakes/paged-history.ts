import type { SessionsClient } from '../../../src/client/client.ts';
import { InvalidRequestError } from '../../../src/client/errors.ts';
import { pages } from '../../../src/client/pages.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { message } from './fakes.ts';

const start = Date.parse('2026-02-01T00:00:00.000Z');

/** `n` messages, a second apart, oldest first: m0, m1, ... */
export function messages(n: number, first = 0): HistoryItem[] {
  return Array.from({ length: n }, (_, i) => message(`m${first + i}`, start + (first + i) * 1000));
}

/**
 * The API of one session's history, which may grow. A cursor is the index of an entry counted from the oldest, so that
 * new entries move no page.
 */
export function pagedHistory(order: 'oldest first' | 'newest first', pageSize: number, items: HistoryItem[]) {
  /** The cursors that were requested, in order. */
  const requests: (string | undefined)[] = [];
  const page = (cursor: string | undefined) => {
    requests.push(cursor);
    if (cursor !== undefined && !/^\d+$/.test(cursor)) throw new InvalidRequestError('cursor');
    if (order === 'oldest first') {
      const from = Number(cursor ?? 0);
      const next = from + pageSize < items.length ? String(from + pageSize) : null;
      return { items: items.slice(from, from + pageSize), next };
    }
    const end = Number(cursor ?? items.length);
    const from = Math.max(0, end - pageSize);
    return { items: items.slice(from, end).toReversed(), next: from > 0 ? String(from) : null };
  };
  const client: Pick<SessionsClient, 'historyPages'> = {
    historyPages: (_id, _options, first) => pages(async (cursor) => page(cursor), first),
  };
  return { client, requests };
}
