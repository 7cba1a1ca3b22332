import { describe, expect, it } from 'vitest';
import type { ListSessionsQuery, SessionsClient } from '../../src/client/client.ts';
import { RepeatedCursorError } from '../../src/client/errors.ts';
import type { Session } from '../../src/contract/entities.ts';
import { ArgumentError } from '../../src/conversations/errors.ts';
import { encodeCursor } from '../../src/conversations/listing/cursor.ts';
import { continueAfter } from '../../src/conversations/listing/list-sessions.ts';
import { listSessions } from '../../src/tools/list-sessions.ts';
import { contextOf, endlessPages, now, seeded, session } from '../support/fakes/fakes.ts';

/** An API that lists newest first. Its cursors are session ids: the next page begins after that session. */
function api(sessions: Session[], size: number) {
  const queries: ListSessionsQuery[] = [];
  const client: Pick<SessionsClient, 'sessionPages'> = {
    async *sessionPages(query = {}) {
      let cursor = query.cursor;
      while (true) {
        queries.push({ ...query, cursor });
        const from = cursor === undefined ? 0 : sessions.findIndex(({ id }) => id === cursor) + 1;
        const items = sessions.slice(from, from + size);
        const next = from + size < sessions.length ? (items.at(-1)?.id ?? null) : null;
        yield { items, next, cursor };
        if (next === null) return;
        cursor = next;
      }
    },
  };
  return { client, queries };
}

const numbered = (n: number) => Array.from({ length: n }, (_, i) => session(`s${i}`));

async function list(client: Partial<SessionsClient>, given: object = {}, at = now) {
  const context = contextOf(client, { now: at });
  const listing = await listSessions.run(listSessions.input.parse(given), context);
  const { sessions, more } = listing;
  const cursorAfter = (n: number) => encodeCursor(continueAfter(listing, n));
  return { ids: sessions.map(({ id }) => id), more, cursor: cursorAfter(sessions.length), cursorAfter };
}

async function view(client: Partial<SessionsClient>, given: object = {}) {
  const context = contextOf(client);
  const listing = await listSessions.run(listSessions.input.parse(given), context);
  return (await listSessions.present(listing, context)).view;
}

describe('list_sessions', () => {
  it('reads as many pages as the limit needs and no more', async () => {
    const { client, queries } = api(numbered(100), 10);
    const { ids, more } = await list(client, { limit: 25 });
    expect(ids).toEqual(numbered(25).map(({ id }) => id));
    expect(more).toBe(true);
    expect(queries).toHaveLength(3);
  });

  it('returns 20 sessions by default', async () => {
    expect((await list(api(numbered(100), 50).client)).ids).toHaveLength(20);
  });

  it.each([
    [5, 10, false],
    [10, 10, false],
    [11, 10, true],
    [0, 10, false],
  ])('with %i sessions and limit %i, more is %s', async (n, limit, more) => {
    for (const size of [1, 3, 5, 10, 25]) {
      expect(await list(api(numbered(n), size).client, { limit })).toMatchObject({ more });
    }
  });

  it('continues in the middle of a page', async () => {
    const { client } = api(numbered(10), 10);
    const first = await list(client, { limit: 4 });
    const second = await list(client, { limit: 4, cursor: first.cursor });
    const third = await list(client, { limit: 4, cursor: second.cursor });
    expect([first.ids, second.ids, third.ids]).toEqual([
      ['s0', 's1', 's2', 's3'],
      ['s4', 's5', 's6', 's7'],
      ['s8', 's9'],
    ]);
    expect([first.more, second.more, third.more]).toEqual([true, true, false]);
  });

  it('continues after the part of a result that was shown', async () => {
    const { client } = api(numbered(10), 4);
    const { cursorAfter } = await list(client, { limit: 10 });
    for (let shown = 1; shown < 10; shown += 1) {
      const rest = await list(client, { limit: 10, cursor: cursorAfter(shown) });
      expect(rest.ids[0]).toBe(`s${shown}`);
      expect(rest.ids).toHaveLength(10 - shown);
    }
  });

  it('returns every session once even if new ones arrive at the top meanwhile', async () => {
    const random = seeded(7);
    for (let round = 0; round < 100; round += 1) {
      const sessions = numbered(1 + random.below(40));
      const expected = sessions.map(({ id }) => id);
      const { client } = api(sessions, 1 + random.below(10));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let calls = 0; calls <= expected.length; calls += 1) {
        const found = await list(client, { limit: 1 + random.below(12), cursor });
        seen.push(...found.ids);
        if (!found.more) break;
        cursor = found.cursor;
        for (let i = random.below(4); i > 0; i -= 1) sessions.unshift(session(`new${round}.${calls}.${i}`));
      }
      expect(seen).toEqual(expected);
    }
  });

  it('returns a session once that is on two pages, and counts what cannot be read', async () => {
    const [s0, s1, s2] = ['s0', 's1', 's2'].map((id) => session(id)) as [Session, Session, Session];
    const list = await view({
      async *sessionPages() {
        yield { items: [s0, s1], next: '1', cursor: undefined, unreadable: 1 };
        yield { items: [s1, s2], next: null, cursor: '1', unreadable: 1 };
      },
    });
    expect(list.sessions.map(({ id }) => id)).toEqual(['s0', 's1', 's2']);
    expect(list.note).toBe('2 entries could not be read and are left out.');
  });

  it('ends where the API repeats a cursor, and says so', async () => {
    const repeating: Partial<SessionsClient> = {
      async *sessionPages() {
        yield { items: numbered(2), next: '1', cursor: undefined };
        throw new RepeatedCursorError('The API sent the same page cursor twice.');
      },
    };
    const list = await view(repeating);
    expect(list).toMatchObject({ more: false, note: expect.stringContaining('repeats a page cursor') });
    expect(list.next_cursor).toBeUndefined();
    expect((await view(repeating, { contact: 'Jane' })).coverage?.complete).toBe(false);
  });

  it('of one contact counts the sessions that the pages before looked through', async () => {
    const jane = { id: 'c1', name: 'Jane Doe', created_at: '', updated_at: '' };
    const sessions = numbered(5).map((one, n) => (n % 2 === 0 ? { ...one, contact: jane } : one));
    const { client } = api(sessions, 5);
    const read: unknown[] = [];
    let cursor: string | undefined;
    for (let calls = 0; calls < 3; calls += 1) {
      const list = await view(client, { limit: 1, ...(cursor ? { cursor } : { contact: 'jane doe' }) });
      read.push([list.coverage?.sessions_read, list.coverage?.complete]);
      cursor = list.next_cursor;
    }
    expect(read).toEqual([
      [1, false],
      [3, false],
      [5, true],
    ]);
  });

  describe('while sessions leave the list', () => {
    /** Sessions an hour apart, newest first: s0, s1, ... */
    const dated = (n: number) =>
      Array.from({ length: n }, (_, i) =>
        session(`s${i}`, { created_at: new Date(now.getTime() - i * 3_600_000).toISOString() }),
      );

    it.each([
      ['the last session handed out', 5, [2]],
      ['all sessions handed out', 5, [0, 1, 2]],
      ['all sessions handed out, from one page', 50, [0, 1, 2]],
      ['all sessions handed out and the next ones', 5, [0, 1, 2, 3, 4, 5]],
      ['all sessions', 5, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ])('continues after %s left it', async (_, size, gone) => {
      const sessions = dated(10);
      const { client } = api(sessions, size);
      const { cursor } = await list(client, { limit: 3 });
      const left = sessions.filter((_, index) => !gone.includes(index));
      sessions.splice(0, 10, ...left);
      const rest = await list(client, { cursor });
      expect(rest.ids).toEqual(left.map(({ id }) => id).filter((id) => !['s0', 's1', 's2'].includes(id)));
      expect(rest.more).toBe(false);
    });

    it('continues after the sessions that remain if the list shows no order', async () => {
      const sessions = numbered(10);
      const { client } = api(sessions, 5);
      const { cursor } = await list(client, { limit: 3 });
      sessions.splice(1, 2);
      expect((await list(client, { cursor, limit: 4 })).ids).toEqual(['s3', 's4', 's5', 's6']);
    });

    it('refuses a cursor whose position cannot be found any more', async () => {
      const sessions = numbered(10);
      const { client } = api(sessions, 5);
      const { cursor } = await list(client, { limit: 3 });
      sessions.splice(0, 3);
      const again = list(client, { cursor });
      await expect(again).rejects.toThrow(ArgumentError);
      await expect(again).rejects.toThrow('no longer in the list');
    });

    it('reads no more pages than necessary', async () => {
      const sessions = dated(200);
      const { client, queries } = api(sessions, 5);
      const { cursor } = await list(client, { limit: 3 });
      sessions.splice(0, 3);
      queries.length = 0;
      expect((await list(client, { cursor, limit: 2 })).ids).toEqual(['s3', 's4']);
      expect(queries).toHaveLength(1);
    });

    it('reads no more pages than necessary if some sessions handed out remain', async () => {
      const sessions = dated(200);
      const { client, queries } = api(sessions, 5);
      const { cursor } = await list(client, { limit: 3 });
      sessions.splice(2, 1);
      queries.length = 0;
      expect((await list(client, { cursor, limit: 2 })).ids).toEqual(['s3', 's4']);
      expect(queries).toHaveLength(1);
    });

    it('does not skip a session created at the same moment as the last one', async () => {
      const sessions = dated(10);
      const [, , third, fourth] = sessions;
      if (third && fourth) fourth.created_at = third.created_at;
      const { client } = api(sessions, 5);
      const { cursor } = await list(client, { limit: 3 });
      sessions.splice(0, 3);
      expect((await list(client, { cursor, limit: 2 })).ids).toEqual(['s3', 's4']);
    });

    it.each(['newest first', 'oldest first', 'in no order of creation'])(
      'returns every other session once, %s, if some are closed and new ones arrive',
      async (order) => {
        const random = seeded(order.length);
        for (let round = 0; round < 200; round += 1) {
          const sessions = dated(1 + random.below(40));
          if (order === 'oldest first') sessions.reverse();
          const inOrder = order !== 'in no order of creation';
          if (!inOrder) for (const one of sessions) one.created_at = now.toISOString();
          const before = sessions.map(({ id }) => id);
          const closed = new Set<string>();
          const { client } = api(sessions, 2 + random.below(10));
          const seen: string[] = [];
          let cursor: string | undefined;
          for (let calls = 0; calls <= 100; calls += 1) {
            const found = await list(client, { limit: 1 + random.below(12), cursor });
            seen.push(...found.ids);
            if (!found.more) break;
            cursor = found.cursor;
            // Without an order by time, the last session handed out has to stay.
            const last = found.ids.at(-1);
            for (const { id } of [...sessions]) {
              if (!random.chance(0.3) || (!inOrder && id === last)) continue;
              // The cursors of the fake API are session ids, and those of the real one may be: these sessions stay.
              if (cursorNames(cursor, id)) continue;
              closed.add(id);
              sessions.splice(
                sessions.findIndex((one) => one.id === id),
                1,
              );
            }
            if (order !== 'newest first') continue;
            for (let i = random.below(4); i > 0; i -= 1) {
              const created_at = new Date(now.getTime() + (calls * 10 + 10 - i) * 1000).toISOString();
              sessions.unshift(session(`new${round}.${calls}.${i}`, { created_at }));
            }
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => !closed.has(id))).toEqual(before.filter((id) => !closed.has(id)));
        }
      },
    );

    const cursorNames = (cursor: string, id: string) =>
      new URLSearchParams(cursor.split(/[?#]/)[1]).get('p') === id;
  });

  it.each([
    [{ created_after: '2026-02-02', created_before: '2026-02-01' }, 'created_after', 'the range is empty'],
    [{ updated_after: '1h', updated_before: '2h' }, 'updated_after', 'the range is empty'],
    [{ created_after: '2026-02-01', created_before: '2026-02-01' }, 'created_after', 'the range is empty'],
    [{ created_after: '2026-03-02' }, 'created_after', 'in the future, it is now 2026-03-01T12:00:00.000Z'],
  ])('refuses the range %j, which no session can match', async (given, argument, problem) => {
    const { client, queries } = api(numbered(3), 5);
    const refused = list({ ...client, clockOffset: () => 0 }, given);
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toMatchObject({ argument });
    expect(queries).toHaveLength(0);
  });

  it.each([
    { created_after: '2026-02-01', created_before: '2026-02-02' },
    { created_after: '2h', created_before: '1h' },
    { created_before: '2027-01-01' },
    { created_after: '2026-03-01T12:04:00Z' },
    { created_after: '2026-02-02', updated_before: '2026-02-01' },
  ])('asks the API for %j', async (given) => {
    expect((await list(api(numbered(3), 5).client, given)).ids).toHaveLength(3);
  });

  describe('on a computer whose clock is wrong', () => {
    /** Lists with a local clock that differs from the API's, which the first answer tells. */
    async function listAt(localTime: string, given: object, isKnown: boolean) {
      const { client, queries } = api(numbered(3), 5);
      const began = new Date(localTime);
      const apiNow = () => (isKnown || queries.length > 0 ? now : began);
      const clockOffset = () => (apiNow() === now ? now.getTime() - began.getTime() : undefined);
      const context = contextOf({ ...client, clockOffset });
      Object.defineProperty(context, 'now', { get: apiNow });
      const listing = await listSessions.run(listSessions.input.parse(given), context);
      return { ids: listing.sessions.map(({ id }) => id), queries };
    }
    const slow = '2026-02-28T12:00:00Z';
    const fast = '2026-03-02T12:00:00Z';

    it.each([
      [slow, true],
      [slow, false],
    ])('at %s does not refuse a true time (API clock known: %s)', async (at, isKnown) => {
      const { ids, queries } = await listAt(at, { created_after: '2026-03-01T06:00:00Z' }, isKnown);
      expect(ids).toHaveLength(3);
      expect(queries).toHaveLength(1);
    });

    it.each([
      [slow, true],
      [slow, false],
      [fast, true],
      [fast, false],
    ])('at %s counts ages back from the API clock (known: %s)', async (at, isKnown) => {
      const { ids, queries } = await listAt(at, { created_after: '2h' }, isKnown);
      expect(ids).toHaveLength(3);
      expect(queries.at(-1)).toMatchObject({ created_after: '2026-03-01T10:00:00.000Z' });
      expect(queries).toHaveLength(isKnown ? 1 : 2);
    });

    it('refuses a time in the future as soon as it knows', async () => {
      const refused = listAt(fast, { created_after: '2026-03-01T18:00:00Z' }, false);
      await expect(refused).rejects.toThrow('in the future, it is now 2026-03-01T12:00:00.000Z');
    });
  });

  it('stops searching for its position after 40 pages', async () => {
    const { cursor } = await list(api(numbered(10), 5).client, { limit: 3 });
    let pagesRead = 0;
    const sessionPages = () =>
      endlessPages((page) => {
        pagesRead = page + 1;
        return [session(`x${page}`)];
      });
    await expect(list({ sessionPages }, { cursor })).rejects.toThrow(ArgumentError);
    expect(pagesRead).toBe(40);
  });

  it('reads at most 40 pages and says that there are more', async () => {
    const sessionPages = () => endlessPages((page) => (page % 2 === 0 ? [session(`s${page}`)] : []));
    const found = await list({ sessionPages }, { limit: 100 });
    expect(found.ids).toHaveLength(20);
    expect(found.more).toBe(true);
  });

  it('passes every filter to the API, with ages as instants', async () => {
    const { client, queries } = api([], 5);
    await list(client, {
      status: 'open',
      channel_type: 'email',
      handed_off: false,
      created_after: '24h',
      created_before: '2026-03-01',
      updated_after: '2026-02-01T02:00:00+02:00',
      updated_before: '30m',
    });
    expect(queries).toEqual([
      {
        status: 'open',
        channel_type: 'email',
        handed_off: false,
        created_after: '2026-02-28T12:00:00.000Z',
        created_before: '2026-03-01T00:00:00.000Z',
        updated_after: '2026-02-01T00:00:00.000Z',
        updated_before: '2026-03-01T11:30:00.000Z',
      },
    ]);
  });

  it('keeps the filters, and the moment that ages count back from, on later pages', async () => {
    const { client, queries } = api(numbered(10), 4);
    const filters = { created_after: '24h', status: 'open' };
    const first = await list(client, { limit: 4, ...filters });
    const later = new Date('2026-03-05T00:00:00Z');
    const second = await list(client, { limit: 2, cursor: first.cursor }, later);
    await list(client, { limit: 2, cursor: second.cursor, ...filters }, later);
    const sent = queries.map(({ created_after, status }) => [created_after, status]);
    expect(new Set(sent.map(String))).toEqual(new Set(['2026-02-28T12:00:00.000Z,open']));
  });

  it('refuses a cursor with other filters without calling the API', async () => {
    const { client, queries } = api(numbered(10), 4);
    const { cursor } = await list(client, { limit: 4, status: 'open' });
    queries.length = 0;
    await expect(list(client, { cursor, status: 'closed_resolved' })).rejects.toThrow('status differs');
    await expect(list(client, { cursor: 'page2' })).rejects.toThrow('not a cursor of list_sessions');
    expect(queries).toHaveLength(0);
  });

  it.each([
    { limit: 0 },
    { limit: 101 },
    { limit: 1.5 },
    { status: 'closed' },
    { channel_type: 'fax' },
    { created_after: 'yesterday' },
    { page: 2 },
  ])('refuses %j', (given) => {
    expect(listSessions.input.safeParse(given).success).toBe(false);
  });
});

it('continues after empty pages instead of reading them again', async () => {
  const asked: (string | undefined)[] = [];
  const client = {
    sessionPages: ({ cursor }: { cursor?: string } = {}) =>
      (async function* () {
        for (let n = Number(cursor ?? 0); ; n += 1) {
          asked.push(String(n));
          yield { items: [], next: String(n + 1), cursor: n === 0 ? undefined : String(n) };
        }
      })(),
  };
  const first = await listSessions.run(listSessions.input.parse({}), contextOf(client));
  expect(first.more).toBe(true);
  const read = asked.length;
  await listSessions.run(
    listSessions.input.parse({ cursor: encodeCursor(continueAfter(first, 0)) }),
    contextOf(client),
  );
  expect(asked[read]).toBe(String(read));
});
