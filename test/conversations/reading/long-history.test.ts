import { describe, expect, it } from 'vitest';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { plainDoor } from '../../support/doors/plain-door.ts';
import { fakeApi } from '../../support/every-tool/fake-api.ts';
import { smallestSession } from '../../support/fakes/examples.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { messages } from '../../support/fakes/paged-history.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const session_id = smallestSession.id;
const pageSize = 50;

interface View {
  messages?: { text: string }[];
  shown?: number;
  total?: number;
  at_least?: number;
  before?: string;
  next_cursor?: string;
  newest_reached?: false;
  messages_note?: string;
}

type Order = 'oldest first' | 'newest first';

/** One history for all tests; a shorter one is its beginning. */
const longest = messages(6000).map((item, i) => ({
  ...item,
  id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
}));

/** Pages of histories, by what they are pages of. The same ones are asked for in many tests. */
const pages = new Map<string, string>();

function page(order: Order, n: number, from: number): string {
  const key = `${order} ${n} ${from}`;
  const made = pages.get(key);
  if (made !== undefined) return made;
  const items =
    order === 'newest first'
      ? longest.slice(Math.max(0, n - from - pageSize), n - from).toReversed()
      : longest.slice(from, Math.min(n, from + pageSize));
  const body = JSON.stringify({ items, next: from + pageSize < n ? `at:${from + pageSize}` : null });
  pages.set(key, body);
  return body;
}

/** The real client and pipeline in front of an API with one session, whose history has `n` messages. */
function setUp(order: Order, n: number) {
  const api = fakeApi();
  let requests = 0;
  api.answerWith(({ operation, query }) => {
    requests += 1;
    if (operation === 'getSession') return { status: 200, body: JSON.stringify(smallestSession) };
    return { status: 200, body: page(order, n, Number(query['cursor']?.replace('at:', '') ?? 0)) };
  });
  const clock = settableClock();
  const door = plainDoor(
    {
      client: api.client,
      sendLog: contextOf({}).sendLog,
      allowVerified: false,
      confirmSends: false,
      logger: { info: () => {}, error: () => {} },
      clock,
    },
    { histories: memoryHistories(clock) },
  );
  /** Calls a tool. @returns its answer, the texts of its messages, and the requests that it cost. */
  async function call(tool: string, more: object) {
    const before = requests;
    const outcome = await door(tool, { session_id, ...more });
    if (outcome.kind !== 'answer') throw new Error(outcome.text);
    const view = outcome.view as View;
    const texts = (view.messages ?? []).map(({ text }) => text);
    return { text: outcome.text, view, texts, cost: requests - before };
  }
  return {
    history: (more: object) => call('get_session_history', more),
    call,
    clock,
    idOf: (i: number) => longest[i]?.id,
  };
}

const textsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `text of m${from + i}`);

describe('a history of 6,000 messages, oldest first', () => {
  it('is read to its newest messages with the cursor of the answer', async () => {
    const { history } = setUp('oldest first', 6000);
    const first = await history({ limit: 5 });
    expect(first.cost).toBe(80);
    expect(first.view).toMatchObject({ newest_reached: false, at_least: 4000 });
    const { next_cursor } = first.view;
    expect(first.text).toContain(`Read on: get_session_history with cursor ${next_cursor}`);
    const second = await history({ limit: 5, cursor: next_cursor });
    expect(second.texts).toEqual(textsOf(5995, 6000));
    expect(second.view).toMatchObject({ total: 6000 });
    expect(second.view).not.toHaveProperty('newest_reached');
    expect(second.view).not.toHaveProperty('next_cursor');
    expect(second.cost).toBeLessThanOrEqual(41);
  });

  it('is read to its newest messages even if nothing is remembered', async () => {
    const { history, clock, idOf } = setUp('oldest first', 6000);
    const { view } = await history({ limit: 5 });
    clock.pass(60_000);
    const second = await history({ limit: 5, cursor: view.next_cursor });
    expect(second.texts).toEqual(textsOf(5995, 6000));
    expect(second.view.before).toBe(idOf(5995));
    clock.pass(60_000);
    // Further back: the event is found two calls later.
    const third = await history({ limit: 5, before: second.view.before });
    expect(third.view.messages).toEqual([]);
    expect(third.text).toContain(`${idOf(5995)} was not reached in the part that one call could read`);
    clock.pass(60_000);
    const fourth = await history({ limit: 5, cursor: third.view.next_cursor });
    expect(fourth.texts).toEqual(textsOf(5990, 5995));
  });

  it('costs little on the way back within a minute', async () => {
    const { history } = setUp('oldest first', 6000);
    const first = await history({});
    const second = await history({ cursor: first.view.next_cursor });
    const third = await history({ before: second.view.before });
    expect(third.texts).toEqual(textsOf(5960, 5980));
    expect(third.cost).toBe(0);
  });

  it('has the messages where one call had to end, even if nothing is remembered', async () => {
    const { history, clock, idOf } = setUp('oldest first', 6000);
    const { view } = await history({ before: idOf(4000), limit: 5 });
    clock.pass(60_000);
    expect((await history({ cursor: view.next_cursor, limit: 5 })).texts).toEqual(textsOf(3995, 4000));
  });

  it('is not shown by get_session as if its old messages were the newest', async () => {
    const { call } = setUp('oldest first', 6000);
    const first = await call('get_session', { history_limit: 5 });
    expect(first.texts).toEqual([]);
    expect(first.view).not.toHaveProperty('customer_waiting');
    const [, cursor] = /NEWEST messages are missing here.*cursor (\S+)/.exec(first.text) ?? [];
    expect((await call('get_session_history', { cursor, limit: 5 })).texts).toEqual(textsOf(5995, 6000));
    const again = await call('get_session', { history_limit: 5 });
    expect(again.texts).toEqual(textsOf(5995, 6000));
    expect(again.view).toMatchObject({ customer_waiting: expect.anything() });
    expect(again.cost).toBe(2);
  });

  it('reaches the newest when get_session is called again', async () => {
    const { call } = setUp('oldest first', 6000);
    await call('get_session', { history_limit: 5 });
    expect((await call('get_session', { history_limit: 5 })).texts).toEqual(textsOf(5995, 6000));
  });
});

describe('a history of 3,000 messages, oldest first', () => {
  it('shows its newest messages at once', async () => {
    const { call } = setUp('oldest first', 3000);
    const { texts, view, cost } = await call('get_session', { history_limit: 5 });
    expect(texts).toEqual(textsOf(2995, 3000));
    expect(view.messages_note).toBe('The 5 newest; there are older ones.');
    expect(cost).toBe(61);
  });
});

describe('a history of 1,500 messages, oldest first', () => {
  it('costs 31 requests for get_session once, then two within a minute', async () => {
    const { call, clock } = setUp('oldest first', 1500);
    const [first, second] = [
      await call('get_session', { history_limit: 5 }),
      await call('get_session', { history_limit: 5 }),
    ];
    expect([first.cost, second.cost]).toEqual([31, 2]);
    expect(second.texts).toEqual(textsOf(1495, 1500));
    expect((await call('get_session_history', { limit: 5 })).cost).toBe(1);
    clock.pass(60_000);
    expect((await call('get_session', { history_limit: 5 })).cost).toBe(31);
  });
});

describe('a history of 6,000 messages, newest first', () => {
  it('shows its newest messages at once, and again for one request', async () => {
    const { call } = setUp('newest first', 6000);
    const first = await call('get_session', { history_limit: 5 });
    expect(first.texts).toEqual(textsOf(5995, 6000));
    expect(first.cost).toBe(2);
  });

  it('can be read back beyond what one call can read', async () => {
    const { history, clock, idOf } = setUp('newest first', 6000);
    const first = await history({ before: idOf(100), limit: 5 });
    expect(first.cost).toBe(80);
    expect(first.view.messages).toEqual([]);
    const second = await history({ cursor: first.view.next_cursor, limit: 5 });
    expect(second.texts).toEqual(textsOf(95, 100));
    expect((await history({ before: second.view.before, limit: 5 })).cost).toBe(0);
    clock.pass(60_000);
    const third = await history({ cursor: first.view.next_cursor, limit: 5 });
    expect(third.texts).toEqual(textsOf(95, 100));
  });

  it('goes on after the last event that one call can read', async () => {
    const { history, clock, idOf } = setUp('newest first', 6000);
    // The oldest message on the eightieth page.
    const { view } = await history({ before: idOf(2000), limit: 5 });
    expect(view.messages).toEqual([]);
    clock.pass(60_000);
    expect((await history({ cursor: view.next_cursor, limit: 5 })).texts).toEqual(textsOf(1995, 2000));
  });
});

describe.each(['oldest first', 'newest first'] as const)('a history that is %s', (order) => {
  it('is read back to its beginning, every message once, by following the answers', async () => {
    const { history, clock } = setUp(order, 4200);
    const seen: string[] = [];
    let link: object = {};
    for (let calls = 0; ; calls += 1) {
      expect(calls).toBeLessThan(60);
      // Now and then everything is forgotten.
      if (calls % 5 === 4) clock.pass(60_000);
      const { view, texts } = await history({ limit: 200, ...link });
      if (view.newest_reached !== false) seen.unshift(...texts);
      if (view.next_cursor !== undefined) link = { cursor: view.next_cursor };
      else if (view.before !== undefined) link = { before: view.before };
      else break;
    }
    expect(seen).toEqual(textsOf(0, 4200));
  });

  it('refuses the cursor of another session, of another before, or a changed one', async () => {
    const { history, idOf } = setUp(order, 6000);
    const { view } = await history({ before: idOf(order === 'oldest first' ? 5900 : 100) });
    const cursor = view.next_cursor ?? expect.unreachable('there is no cursor');
    const refused = (more: object) => expect(history(more)).rejects.toThrow('`cursor`:');
    await refused({ cursor, session_id: 'other' });
    await refused({ cursor, before: idOf(5) });
    await refused({ cursor: `${cursor}x` });
    await refused({ cursor: 'at:50' });
  });
});
