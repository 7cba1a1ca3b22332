import { describe, expect, it } from 'vitest';
import { CancelledError, RateLimitedError, TimeoutError, UpstreamError } from '../../../src/client/errors.ts';
import { searchConversations } from '../../../src/conversations/reading/search-conversations.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, message, pagesOf, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const start = Date.parse('2026-02-01T00:00:00.000Z');

/** An API that finds these messages, and what was asked of it. */
function setUp(
  hits: readonly { session: string; message: string }[],
  failing: (id: string) => Error | undefined,
) {
  const asked: string[] = [];
  const open = { now: 0, most: 0 };
  const client = {
    searchSessions: async () => ({
      contacts: [],
      messages: hits.map((hit) => ({ id: hit.message, session_id: hit.session, message: 'kettle' })),
    }),
    getSession: async (id: string) => {
      asked.push(`session ${id}`);
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      await new Promise((resolve) => setImmediate(resolve));
      open.now -= 1;
      const error = failing(id);
      if (error) throw error;
      return session(id);
    },
    historyPages: (id: string) => {
      const items = Array.from({ length: 300 }, (_, n) => message(`${id}.${n}`, start + n * 60_000));
      const { pages, counter } = pagesOf(items, 50);
      return (async function* () {
        for await (const page of pages) {
          asked.push(`history ${id} page ${counter.read}`);
          yield page;
        }
      })();
    },
  };
  return { client, asked, open };
}

describe('a search for a ticket number', () => {
  const sessions = Array.from({ length: 30 }, (_, n) =>
    session(`s${n}`, { ticket_number: 4500 + n, created_at: new Date(start + n * 60_000).toISOString() }),
  );
  const client = {
    ...setUp([], () => undefined).client,
    listSessions: async () => ({ items: sessions.toReversed(), next: null }),
  };

  it.each(['#4512', '4512', 'ticket 4512'])('finds the session: %s', async (query) => {
    const { byNumber } = await searchConversations(query, contextOf(client));
    expect(byNumber.map(({ id }) => id)).toEqual(['s12']);
  });

  it('finds none if there is none, and looks for none in words', async () => {
    expect((await searchConversations('#9999', contextOf(client))).byNumber).toEqual([]);
    const { byNumber } = await searchConversations(
      '4512 kettles',
      contextOf(setUp([], () => undefined).client),
    );
    expect(byNumber).toEqual([]);
  });

  it('finds all if the number is not unique', async () => {
    const twice = [session('a', { ticket_number: 7 }), session('b', { ticket_number: 7 })];
    const listSessions = async () => ({ items: twice, next: null });
    const { byNumber } = await searchConversations('#7', contextOf({ ...client, listSessions }));
    expect(byNumber.map(({ id }) => id).toSorted()).toEqual(['a', 'b']);
  });

  it('ends with the call, and with an error that is not of the API', async () => {
    const controller = new AbortController();
    const failing = (error: Error) => ({
      ...client,
      listSessions: async () => {
        throw error;
      },
    });
    const bug = new TypeError('x is not a function');
    await expect(searchConversations('#4512', contextOf(failing(bug)))).rejects.toBe(bug);
    controller.abort();
    const { call } = contextOf({});
    const context = contextOf(failing(new RateLimitedError('No.')), {
      call: { ...call, signal: controller.signal },
    });
    await expect(searchConversations('#4512', context)).rejects.toThrow(RateLimitedError);
  });

  it('stands if the sessions cannot be listed', async () => {
    const listSessions = async () => {
      throw new RateLimitedError('No.');
    };
    const { byNumber } = await searchConversations('#4512', contextOf({ ...client, listSessions }));
    expect(byNumber).toEqual([]);
  });
});

describe('a search', () => {
  it('reads each session that it found, and its history as far as the messages', async () => {
    const hits = [
      { session: 'a', message: 'a.60' },
      { session: 'b', message: 'b.3' },
      { session: 'a', message: 'a.0' },
    ];
    const { client, asked } = setUp(hits, () => undefined);
    const { sessions } = await searchConversations('kettle', contextOf(client));
    expect(asked.toSorted()).toEqual([
      'history a page 1',
      'history a page 2',
      'history b page 1',
      'session a',
      'session b',
    ]);
    const a = sessions.get('a');
    if (typeof a !== 'object') throw new Error('a was not read');
    expect(a.session.id).toBe('a');
    expect([...a.messages.keys()]).toEqual(['a.0', 'a.60']);
  });

  it('reads at most ten sessions, five at a time, and names the others', async () => {
    const hits = Array.from({ length: 25 }, (_, n) => ({ session: `s${n}`, message: `s${n}.1` }));
    const { client, asked, open } = setUp(hits, () => undefined);
    const { sessions } = await searchConversations('kettle', contextOf(client));
    expect(asked).toHaveLength(20);
    expect(open.most).toBe(5);
    const unread = [...sessions].filter(([, one]) => one === 'beyond the first 10').map(([id]) => id);
    expect(unread).toEqual(hits.slice(10).map((hit) => hit.session));
  });

  it('reads only the beginning of a long history; a match further on has no time', async () => {
    const { client, asked } = setUp([{ session: 'a', message: 'a.299' }], () => undefined);
    const { sessions } = await searchConversations('kettle', contextOf(client));
    expect(asked.filter((one) => one.startsWith('history'))).toHaveLength(4);
    expect(sessions.get('a')).toMatchObject({ messages: new Map() });
  });

  it.each([
    [new RateLimitedError('No.'), 'the rate budget left no request'],
    [new TimeoutError('No.', { mayHaveArrived: true }), 'there was no time left'],
    [new UpstreamError('No.', { mayHaveArrived: false }), 'could not be read'],
  ])('stands if a session cannot be read: %s', async (error, reason) => {
    const hits = ['a', 'b'].map((id) => ({ session: id, message: `${id}.1` }));
    const { client } = setUp(hits, (id) => (id === 'a' ? error : undefined));
    const { sessions } = await searchConversations('kettle', contextOf(client));
    expect(sessions.get('a')).toBe(reason);
    expect(sessions.get('b')).toMatchObject({ session: { id: 'b' } });
  });

  it('reads sessions in part of the time of the call, and none once that is over', async () => {
    const deadlines: unknown[] = [];
    const { client, asked } = setUp([{ session: 'a', message: 'a.1' }], () => undefined);
    const getSession: typeof client.getSession = async (id, ...rest) => {
      deadlines.push((rest as unknown as [{ deadline: Deadline }])[0].deadline.remainingMs);
      return client.getSession(id);
    };
    const clock = settableClock();
    const call = (ms: number) => ({
      clock,
      call: { signal: new AbortController().signal, deadline: Deadline.after(ms, clock) },
    });
    await searchConversations('kettle', contextOf({ ...client, getSession }, call(10_000)));
    expect(deadlines).toEqual([7000]);
    asked.length = 0;
    const { sessions } = await searchConversations('kettle', contextOf(client, call(0)));
    expect(sessions.get('a')).toBe('there was no time left');
    expect(asked).toEqual([]);
  });

  it('ends when the call is cancelled', async () => {
    const abortController = new AbortController();
    const { client } = setUp([{ session: 'a', message: 'a.1' }], () => {
      abortController.abort();
      return new CancelledError('Cancelled.', { mayHaveArrived: false });
    });
    const { call } = contextOf({});
    const context = contextOf(client, { call: { ...call, signal: abortController.signal } });
    await expect(searchConversations('kettle', context)).rejects.toThrow(CancelledError);
  });
});
