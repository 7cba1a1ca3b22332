import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../../src/client/client.ts';
import { RepeatedCursorError, UpstreamError } from '../../../../src/client/errors.ts';
import type { Session } from '../../../../src/contract/entities.ts';
import {
  beganBefore,
  readChangedSessions,
} from '../../../../src/conversations/analysis/messages/changed-sessions.ts';
import type { FindPosition } from '../../../../src/conversations/analysis/messages/find-cursor.ts';
import { placeOfCreation } from '../../../../src/conversations/analysis/messages/find-order.ts';
import { Deadline } from '../../../../src/time/deadline.ts';
import { contextOf, session } from '../../../support/fakes/fakes.ts';
import { settableClock } from '../../../support/state/settable-clock.ts';

const at = Date.UTC(2026, 1, 1);
const time = (ms: number) => new Date(at + ms).toISOString();
/** The nth session, created at that millisecond. */
const s = (n: number, more: Partial<Session> = {}) => session(`s${n}`, { created_at: time(n), ...more });
const first: FindPosition = {
  ...{ filters: {}, since: { at, handedOut: [] }, odd: { done: [], read: [] }, sessionsBefore: 0, failed: 0 },
};
const place = { at: 1, sum: 'a' };

async function read(
  position: Partial<FindPosition>,
  pages: Session[][],
  {
    error,
    perMinute,
    ms = 0,
    unread,
  }: { error?: Error; perMinute?: number; ms?: number; unread?: string } = {},
) {
  const clock = settableClock();
  const asked: unknown[] = [];
  let pagesRead = 0;
  const client: Partial<SessionsClient> = {
    ...(perMinute !== undefined && { requestsPerMinute: perMinute }),
    async *sessionPages(query = {}, options = {}) {
      asked.push(Object.entries(query), options.deadline?.remainingMs, options.maxWaitMs);
      for (const [n, items] of pages.entries()) {
        pagesRead += 1;
        clock.pass(ms);
        const isLast = n === pages.length - 1 && error === undefined;
        const next = isLast ? null : `p${n + 1}`;
        yield { items, next, cursor: undefined, unreadable: 1, ...(isLast && unread && { unread }) };
      }
      if (error) throw error;
    },
  };
  const call = { signal: new AbortController().signal, deadline: Deadline.after(10_000, clock) };
  const list = await readChangedSessions({ ...first, ...position }, contextOf(client, { clock, call }));
  return { ...list, asked, pagesRead, ids: list.sessions.map(({ id }) => id) };
}

describe('the sessions that changed', () => {
  it('are listed to their end, in part of the time of the call', async () => {
    const { asked, ids, ...list } = await read({}, [
      [s(3), s(2)],
      [s(2), s(1)],
    ]);
    expect(asked).toEqual([[['updated_after', time(0)]], 7000, 3000]);
    expect(ids).toEqual(['s3', 's2', 's1']);
    expect(list).toMatchObject({ end: undefined, isShort: false, unreadable: 2, interrupted: undefined });
  });

  it.each<[Partial<FindPosition>, query: string[][]]>([
    [
      { filters: { status: 'open', channel_type: 'web', handed_off: false, contact: 'x', from: 'ai' } },
      [
        ['status', 'open'],
        ['channel_type', 'web'],
        ['handed_off', false as never],
      ],
    ],
    [{ until: at + 9 }, [['created_before', time(9)]]],
    [{ page: 'p' }, [['cursor', 'p']]],
    [{ asOf: at + 5 }, []],
    [{ asOf: at + 5, done: place }, [['created_before', time(6)]]],
    [{ asOf: at + 5, readTo: place }, [['created_before', time(6)]]],
    [{ asOf: at + 5, last: place }, [['created_before', time(6)]]],
    [{ done: place }, []],
    [{ asOf: at + 5, done: place, until: at + 3 }, [['created_before', time(3)]]],
    [{ asOf: at + 5, done: place, until: at + 9 }, [['created_before', time(6)]]],
    // A cursor belongs to its query.
    [{ asOf: at + 5, done: place, page: 'p' }, [['cursor', 'p']]],
  ])('are asked for with %j', async (position, query) => {
    const { asked } = await read(position, [[s(1)]]);
    expect((asked[0] as string[][]).filter(([name]) => name !== 'updated_after')).toEqual(query);
  });

  it.each([
    [undefined, 200],
    [2000, 200],
    [100, 20],
    [24, 4],
    [1, 4],
  ])('are at %j requests a minute those of %d pages', async (perMinute, pages) => {
    const many = Array.from({ length: 210 }, (_, n) => [s(n)]);
    const options = perMinute === undefined ? {} : { perMinute };
    const { pagesRead, end, isShort } = await read({}, many, options);
    expect(pagesRead).toBe(pages);
    expect(end).toEqual({ session: placeOfCreation(s(pages - 1)), nextPage: `p${pages}` });
    expect(isShort).toBe(false);
    // The end may have moved meanwhile.
    const again = { done: place, end: { session: place, nextPage: 'x' } };
    expect(await read(again, many, options)).toMatchObject({ pagesRead: pages + 4, isShort: false });
  });

  it('are those of the time that there is', async () => {
    const many = [[s(3)], [s(2)], [s(1)]];
    expect(await read({}, many, { ms: 3500 })).toMatchObject({ pagesRead: 2, end: { nextPage: 'p2' } });
    expect(await read({}, many, { ms: 3499 })).toMatchObject({ pagesRead: 3, end: undefined });
  });

  it('go on up to the end of a part, and no further', async () => {
    const end = { session: placeOfCreation(s(2)), nextPage: 'p9' };
    const many = [[s(4), s(3)], [s(2), s(1)], [s(0)]];
    expect(await read({ end, done: place }, many)).toMatchObject({ pagesRead: 2, end, isShort: false });
    const other = { session: { ...placeOfCreation(s(2)), at: 0 }, nextPage: 'p9' };
    expect(await read({ end: other, done: place }, many)).toMatchObject({ pagesRead: 3, isShort: true });
    const sum = { session: { ...placeOfCreation(s(2)), sum: 'a' }, nextPage: 'p9' };
    expect(await read({ end: sum, done: place }, many)).toMatchObject({ pagesRead: 3, isShort: true });
    expect(await read({ done: place }, many)).toMatchObject({ end: undefined, isShort: false });
    expect(await read({ done: place }, [])).toMatchObject({ end: undefined, isShort: true });
  });

  it('end where a page fails, and go on there', async () => {
    const error = new UpstreamError('Gone.', { mayHaveArrived: false });
    expect(await read({}, [[s(2)], [s(1)]], { error })).toMatchObject({
      ids: ['s2', 's1'],
      interrupted: 'failed',
      end: { session: placeOfCreation(s(1)), nextPage: 'p2' },
    });
    expect(await read({ done: place }, [[s(2)]], { error })).toMatchObject({ isShort: true, end: undefined });
    const circle = await read({}, [[s(2)]], { error: new RepeatedCursorError('Twice.') });
    expect(circle).toMatchObject({ interrupted: 'repeated_cursor', end: undefined });
    expect(await read({}, [[]], { error })).toMatchObject({ end: undefined });
    expect(await read({}, [[s(1)]], { unread: 'u' })).toMatchObject({ end: { nextPage: 'u' } });
  });

  it('are of one contact if that is wanted', async () => {
    const ada = s(2, { contact: { id: 'c1', name: 'Ada' } as never });
    expect((await read({ filters: { contact: 'Ada' } }, [[ada, s(1)]])).ids).toEqual(['s2']);
  });
});

it('a session began before a moment if it was created then, or if that is not known', () => {
  expect(beganBefore(s(5), at + 6)).toBe(true);
  expect(beganBefore(s(5), at + 5)).toBe(false);
  expect(beganBefore(s(5, { created_at: 'yesterday' }), at)).toBe(true);
});
