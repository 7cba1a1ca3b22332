import { describe, expect, it } from 'vitest';
import type { ListSessionsQuery, SessionsClient } from '../../../src/client/client.ts';
import { NotFoundError } from '../../../src/client/errors.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { findTicket } from '../../../src/conversations/analysis/find-ticket.ts';
import { searchByNumber } from '../../../src/conversations/analysis/search-by-number.ts';
import { rememberingClient } from '../../../src/conversations/remembering-client.ts';
import { contextOf, seeded, session } from '../../support/fakes/fakes.ts';

const end = Date.UTC(2026, 10, 28);
const minute = 60_000;

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Sessions with these numbers, oldest first; the newest was created at `end`. Each is made when it is asked for. */
function sessionsOf(numbers: readonly number[], stepOf: (index: number, time: number) => number) {
  let time = 0;
  const elapsed = numbers.map((_, index) => {
    time += stepOf(index, time);
    return time;
  });
  const times = elapsed.map((one) => end - time + one);
  const at = (index: number): Session =>
    session(`s${index}`, {
      ticket_number: numbers[index] as number,
      created_at: new Date(times[index] as number).toISOString(),
    });
  return { times, at };
}

/** An API that lists them newest first, 25 a page, with exclusive bounds. */
function setUp({ times, at }: ReturnType<typeof sessionsOf>) {
  const requests: ListSessionsQuery[] = [];
  const countBefore = (time: number) => {
    let [from, to] = [0, times.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((times[middle] ?? 0) < time) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const api: Partial<SessionsClient> = {
    async listSessions(query = {}) {
      requests.push(query);
      const { created_before, cursor } = query;
      const to = cursor
        ? Number(cursor)
        : created_before === undefined
          ? times.length
          : countBefore(Date.parse(created_before));
      const from = Math.max(0, to - 25);
      return {
        items: range(from, to - 1)
          .reverse()
          .map(at),
        next: from > 0 ? String(from) : null,
      };
    },
    async getSession(id) {
      const index = Number(id.slice(1));
      if (!(index < times.length)) throw new NotFoundError('x', { status: 404 });
      return at(index);
    },
  };
  const context = contextOf(api);
  const client = rememberingClient(context.client, context);
  return {
    requests,
    context: { ...context, client },
    find: (n: number) => findTicket(n, { ...context, client }),
    /** Without what was seen before. */
    search(n: number) {
      requests.length = 0;
      return searchByNumber(n, (query) => context.client.listSessions(query));
    },
  };
}

describe('a ticket number', () => {
  it.each([1, 700_000])(
    'is found among 100,000 sessions from #%i on with at most ten requests',
    async (first) => {
      const random = seeded(3);
      const { requests, search } = setUp(
        sessionsOf(range(first, first + 99_999), () => random.below(10 * minute)),
      );
      for (let n = 0; n < 150; n += 1) {
        const index = n < 3 ? ([0, 1, 99_999][n] as number) : random.below(100_000);
        expect(await search(first + index)).toMatchObject({ outcome: 'found', session: { id: `s${index}` } });
        expect(requests.length).toBeLessThanOrEqual(10);
      }
    },
  );

  it('is found with at most ten requests after a quiet week', async () => {
    const random = seeded(3);
    const { requests, search } = setUp(
      sessionsOf(range(1, 100_000), (index) =>
        index < 99_920 ? random.below(14 * minute) : random.below(300 * minute),
      ),
    );
    for (let n = 0; n < 150; n += 1) {
      const index = random.below(100_000);
      expect(await search(index + 1)).toMatchObject({ outcome: 'found', session: { id: `s${index}` } });
      expect(requests.length).toBeLessThanOrEqual(10);
    }
  });

  it('is found where nobody writes at night and on weekends', async () => {
    const random = seeded(5);
    const sessions = sessionsOf(range(1, 100_000), (_, time) => {
      const hour = Math.floor(time / (60 * minute)) % 24;
      const day = Math.floor(time / (1440 * minute)) % 7;
      const pause = hour > 18 ? 13 * 60 * minute + (day >= 4 ? 2 * 1440 * minute : 0) : 0;
      return pause + random.below(2 * minute);
    });
    const { requests, search } = setUp(sessions);
    let sum = 0;
    for (let n = 0; n < 100; n += 1) {
      const index = random.below(100_000);
      expect(await search(index + 1)).toMatchObject({ outcome: 'found', session: { id: `s${index}` } });
      sum += requests.length;
    }
    expect(sum / 100).toBeLessThanOrEqual(10);
  });

  it('that does not exist is said to be absent, with its neighbours', async () => {
    const gap = [...range(100, 4000), ...range(5000, 9000)];
    const sessions = sessionsOf(gap, () => minute);
    const { find, requests } = setUp(sessions);
    const absent = { outcome: 'none', reason: 'absent' };
    expect(await find(4500)).toEqual({ ...absent, below: 4000, above: 5000 });
    expect(await find(99)).toEqual({ ...absent, below: undefined, above: 100 });
    const before = requests.length;
    expect(await find(9001)).toEqual({ ...absent, below: 9000, above: undefined });
    expect(requests.length - before).toBe(1);
    expect(await setUp(sessionsOf([], () => minute)).find(1)).toEqual({
      ...absent,
      below: undefined,
      above: undefined,
    });
  });

  it('within small gaps is told apart from its neighbours', async () => {
    const odd = range(1, 3000).filter((number) => number % 2 === 1);
    const sessions = sessionsOf(odd, () => minute);
    for (const number of [2, 500, 1250, 2998]) {
      expect(await setUp(sessions).find(number)).toEqual({
        outcome: 'none',
        reason: 'absent',
        below: number - 1,
        above: number + 1,
      });
    }
  });

  it('of two sessions names both', async () => {
    const sessions = sessionsOf([...range(1, 500), 500, ...range(501, 900)], () => minute);
    const { find } = setUp(sessions);
    const both = { outcome: 'several', sessions: [{ id: 's500' }, { id: 's499' }] };
    expect(await find(500)).toMatchObject(both);
  });

  it('is found although neighbours are out of order, and is not said to be absent where they are', async () => {
    const swapped = range(1, 3000).map((number) =>
      number % 10 === 0 ? number + 1 : number % 10 === 1 && number > 1 ? number - 1 : number,
    );
    const sessions = sessionsOf(
      swapped.filter((number) => number !== 1505),
      () => minute,
    );
    for (const number of [10, 11, 1490, 1491, 2000, 2999]) {
      expect(await setUp(sessions).find(number)).toMatchObject({
        outcome: 'found',
        session: { ticket_number: number },
      });
    }
    expect(await setUp(sessions).find(1505)).toMatchObject({
      reason: 'out_of_order',
      below: 1504,
      above: 1506,
    });
  });

  it('that does not follow time is looked for among the newest only, and the search says so', async () => {
    const random = seeded(1);
    const shuffled = range(1, 5000)
      .map((number) => ({ number, at: random.below(1e9) }))
      .sort((a, b) => a.at - b.at)
      .map(({ number }) => number);
    const { find, requests } = setUp(sessionsOf(shuffled, () => minute));
    expect(await find(shuffled.at(-100) as number)).toMatchObject({ outcome: 'found' });
    requests.length = 0;
    expect(await find(shuffled[0] as number)).toMatchObject({ outcome: 'none', reason: 'out_of_order' });
    expect(requests.length).toBeLessThanOrEqual(10);
  });

  it('that was seen before takes one request, and is checked', async () => {
    const sessions = sessionsOf(range(1, 200), () => minute);
    const { find, requests, context } = setUp(sessions);
    await context.client.listSessions();
    requests.length = 0;
    expect(await find(190)).toMatchObject({ outcome: 'found', isFetched: true });
    expect(requests).toHaveLength(0);
    context.seenSessions.forgetNumber(190);
    context.seenSessions.addNumber(190, 'gone');
    expect(await find(190)).toMatchObject({ outcome: 'found', session: { id: 's189' } });
    context.seenSessions.forgetNumber(190);
    context.seenSessions.addNumber(190, 's3');
    expect(await find(190)).toMatchObject({ outcome: 'found', session: { id: 's189' } });
  });
});
