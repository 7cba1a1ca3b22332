import { describe, expect, it } from 'vitest';
import type { ListSessionsQuery, SessionsClient } from '../../../src/client/client.ts';
import { CancelledError, RateLimitedError, TimeoutError, UpstreamError } from '../../../src/client/errors.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { countSessions } from '../../../src/conversations/analysis/count-sessions.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, now, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Request = Parameters<typeof countSessions>[0];
interface Page {
  items?: Session[];
  next?: string;
  unreadable?: number;
  left_out?: number;
}

/** Counts pages of one session each, or these; a page may be an error. */
function setUp(
  pageAt: (n: number) => Page | Error = (n) => ({ next: `p${n + 1}` }),
  perMinute?: number,
  ms = 0,
  offset: number | 'unknown' = 0,
) {
  const clock = settableClock();
  const memory = newMemory(clock);
  const asked: { query: ListSessionsQuery; ms: number | undefined; maxWaitMs: number | undefined }[] = [];
  const told: string[] = [];
  const client: Partial<SessionsClient> = {
    clockOffset: () => (offset === 'unknown' ? undefined : offset),
    ...(perMinute !== undefined && { requestsPerMinute: perMinute }),
    async listSessions(query = {}, options = {}) {
      const n = asked.length;
      asked.push({ query, ms: options.deadline?.remainingMs, maxWaitMs: options.maxWaitMs });
      clock.pass(ms);
      const page = pageAt(n);
      if (page instanceof Error) throw page;
      return { items: [session(`s${n}`)], ...page, next: page.next ?? null };
    },
  };
  const count = (request: Partial<Request> = {}) => {
    const call = { signal: new AbortController().signal, deadline: Deadline.after(10_000, clock) };
    return countSessions(
      { filters: {}, groupBy: [], offsetMinutes: 0, comparePrevious: false, ...request },
      contextOf(client, { clock, call, ...memory, progress: (text) => void told.push(text) }),
    );
  };
  return { count, asked, told };
}

const pagesUpTo = (last: number) => (n: number) => (n < last ? { next: `p${n + 1}` } : {});

describe('a count of sessions', () => {
  it('reads all pages, in part of the time of the call', async () => {
    const { count, asked, told } = setUp(pagesUpTo(8));
    const counts = await count({ filters: { status: 'open' } });
    expect(counts).toMatchObject({
      tally: { total: 9 },
      coverage: { sessionsRead: 9, sessionsMatching: 9, complete: true },
      byContact: false,
    });
    for (const name of ['stopped', 'cursor', 'retryAfterSeconds', 'stretch'] as const)
      expect(counts[name]).toBeUndefined();
    expect(asked[0]).toEqual({ query: { status: 'open' }, ms: 7000, maxWaitMs: 2000 });
    expect(Object.keys(asked[0]?.query ?? {})).toEqual(['status']);
    expect(asked[1]?.query).toEqual({ status: 'open', cursor: 'p1' });
    expect(told).toEqual(['Counted 4 sessions', 'Counted 8 sessions']);
  });

  it.each([
    [10, 8],
    [9, 7],
    [1, 1],
  ])('of %d requests a minute takes %d, and goes on with its cursor', async (perMinute, pages) => {
    const { count, asked } = setUp(pagesUpTo(20), perMinute);
    const first = await count();
    expect(first).toMatchObject({ stopped: 'pages', tally: { total: pages }, coverage: { complete: false } });
    expect(first.coverage).not.toHaveProperty('sessionsMatching');
    expect(asked).toHaveLength(pages);
    const second = await count({ cursor: ` ${first.cursor} ` });
    expect(second.tally.total).toBe(2 * pages);
    expect(asked[pages]?.query).toEqual({ cursor: `p${pages}` });
  });

  it('reads two thousand pages without a limit', async () => {
    const { count, asked } = setUp();
    expect(await count()).toMatchObject({ stopped: 'pages' });
    expect(asked).toHaveLength(2000);
  });

  it('ends in time', async () => {
    expect(await setUp(undefined, undefined, 3500).count()).toMatchObject({
      stopped: 'time',
      tally: { read: 2 },
    });
    const whole = setUp(pagesUpTo(2), undefined, 2333);
    expect((await whole.count()).stopped).toBeUndefined();
  });

  it.each([
    [new RateLimitedError('No.', { retryAfterSeconds: 7 }), 'rate', 7],
    [new TimeoutError('Late.', { mayHaveArrived: true }), 'time', undefined],
    [new UpstreamError('Gone.', { mayHaveArrived: true }), 'failed', undefined],
  ])('is given in part if a later page fails: %s', async (error, stopped, retryAfterSeconds) => {
    const { count } = setUp((n) => (n < 2 ? { next: `p${n + 1}` } : error));
    expect(await count()).toMatchObject({ stopped, tally: { total: 2 }, cursor: expect.any(String) });
    expect((await setUp((n) => (n < 2 ? { next: `p${n + 1}` } : error)).count()).retryAfterSeconds).toBe(
      retryAfterSeconds,
    );
    await expect(setUp(() => error).count()).rejects.toBe(error);
  });

  it.each([
    new CancelledError('Cancelled.', { mayHaveArrived: false }),
    new TypeError('x is not a function'),
  ])('is no answer if it is cancelled, or fails of itself: %s', async (error) => {
    await expect(setUp((n) => (n < 2 ? { next: `p${n + 1}` } : error)).count()).rejects.toBe(error);
  });

  it.each<[string, (n: number) => Page, stopped: string, pages: number]>([
    ['cursors lead in a circle', (n) => ({ next: n < 2 ? `p${n + 1}` : 'p1' }), 'repeated_cursor', 3],
    ['a cursor is too long', () => ({ next: 'x'.repeat(4097) }), 'too_much', 1],
    ['a page has too much', () => ({ next: 'p1', left_out: 1 }), 'too_much', 1],
    ['the last page has too much', () => ({ left_out: 1 }), 'too_much', 1],
  ])('cannot be continued if %s', async (_, pageAt, stopped, pages) => {
    const { count, asked } = setUp(pageAt);
    const counts = await count();
    expect(counts).toMatchObject({ stopped, coverage: { complete: false } });
    expect(counts.cursor).toBeUndefined();
    expect(asked).toHaveLength(pages);
  });

  it('takes a cursor of four thousand characters', async () => {
    const { count, asked } = setUp((n) => (n === 0 ? { next: 'x'.repeat(4096) } : {}));
    expect((await count()).stopped).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('is not complete if sessions could not be read', async () => {
    const { count } = setUp((n) => (n === 0 ? { next: 'p1', unreadable: 2 } : {}));
    expect((await count()).coverage).toMatchObject({ sessionsRead: 2, sessionsMatching: 4, complete: false });
  });

  it('of one contact looks through all', async () => {
    const ada = session('a', { contact: { id: 'c1', non_verified_name: 'Ada' } as never });
    const { count, asked } = setUp(() => ({ items: [ada, session('b')] }));
    const counts = await count({ filters: { contact: 'Ada' } });
    expect(counts).toMatchObject({ byContact: true, tally: { total: 1, read: 2, unproven: 1 } });
    expect(asked[0]?.query).toEqual({});
  });

  it('of the future is refused, if the clock of the API is known', async () => {
    const filters = { created_after: new Date(now.getTime() + 600_000).toISOString() };
    await expect(setUp().count({ filters })).rejects.toThrow('in the future');
    expect(await setUp(() => ({}), undefined, 0, 'unknown').count({ filters })).toMatchObject({
      tally: { total: 1 },
    });
  });
});

describe('a comparison with the stretch before', () => {
  const filters = { created_after: '2026-02-20', created_before: '2026-02-22' };

  it('reads both at once', async () => {
    const created = ['2026-02-18T00:00:00.001Z', '2026-02-20T00:00:00Z', '2026-02-20T00:00:00.001Z'];
    const items = created.map((created_at, n) => session(`s${n}`, { created_at }));
    const { count, asked } = setUp(() => ({ items }));
    const counts = await count({ filters, comparePrevious: true });
    expect(counts).toMatchObject({
      stretch: {
        previousFrom: '2026-02-18T00:00:00.000Z',
        from: '2026-02-20T00:00:00.000Z',
        to: '2026-02-22T00:00:00.000Z',
      },
      tally: { total: 1, previous: 2 },
    });
    expect(asked[0]?.query).toEqual({
      created_after: '2026-02-18T00:00:00.000Z',
      created_before: '2026-02-22T00:00:00.000Z',
    });
    const open = await setUp(() => ({ items })).count({
      filters: { created_after: '24h' },
      comparePrevious: true,
    });
    expect(open.stretch).toEqual({
      previousFrom: '2026-02-27T12:00:00.000Z',
      from: '2026-02-28T12:00:00.000Z',
      to: '2026-03-01T12:00:00.000Z',
    });
  });

  it.each([
    {},
    { created_before: '2026-02-22' },
    { ...filters, updated_after: '2026-02-01' },
    { ...filters, updated_before: '2026-02-28' },
  ])('needs a time of creation alone: %j', async (given) => {
    await expect(setUp().count({ filters: given, comparePrevious: true })).rejects.toThrow(
      'it compares by time of creation',
    );
  });
});

describe('a count that is continued', () => {
  const begin = async () => {
    const { count } = setUp(pagesUpTo(20), 5);
    const { cursor } = await count({ filters: { status: 'open' }, groupBy: ['channel'], offsetMinutes: 60 });
    return { count, cursor };
  };

  it.each<Partial<Request>>([
    {},
    { filters: { status: 'open' } },
    { groupBy: ['channel'] },
    { filters: { status: undefined } },
  ])('takes what it began with: %j', async (more) => {
    const { count, cursor } = await begin();
    expect(await count({ cursor, ...more })).toMatchObject({
      groupBy: ['channel'],
      offsetMinutes: 60,
      tally: { total: 8, groups: [{ key: ['api'], count: 8 }] },
    });
  });

  it('compares the same stretches', async () => {
    const { count, asked } = setUp(pagesUpTo(20), 5);
    const filters = { created_after: '2026-02-20', created_before: '2026-02-22' };
    const first = await count({ filters, comparePrevious: true });
    const second = await count({ cursor: first.cursor });
    expect(second.stretch).toEqual(first.stretch);
    expect(asked[4]?.query).toEqual({ ...asked[0]?.query, cursor: 'p4' });
  });

  it.each<[Partial<Request>, string]>([
    [{ filters: { status: 'closed_resolved' } }, '(status differs)'],
    [{ filters: { channel_type: 'email' } }, '(channel_type differs)'],
    [{ groupBy: ['status'] }, '(group_by differs)'],
    [{ groupBy: ['channel', 'status'] }, '(group_by differs)'],
  ])('refuses %j', async (more, problem) => {
    const { count, cursor } = await begin();
    await expect(count({ cursor, ...more })).rejects.toThrow(problem);
  });

  it.each(['x', 'count-', 'count-0123456789abc', 'a count-0123456789ab', ''])(
    'knows no cursor %j',
    async (cursor) => {
      await expect(setUp().count({ cursor })).rejects.toThrow('this is not a cursor of count_sessions');
    },
  );

  it('is kept for a while only', async () => {
    await expect(setUp().count({ cursor: 'count-0123456789ab' })).rejects.toThrow('is not kept any more');
  });
});
