import { describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import { TimeoutError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { historyPages } from '../../../src/conversations/reading/read-history.ts';
import { rememberingClient } from '../../../src/conversations/remembering-client.ts';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { messages, pagedHistory } from '../../support/fakes/paged-history.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Order = 'oldest first' | 'newest first';

/** A history of an API, and a caller who reads it. */
function setUp(order: Order, items: HistoryItem[]) {
  const clock = settableClock();
  const { client, requests } = pagedHistory(order, 10, items);
  const context = contextOf(client, { clock, histories: memoryHistories(clock) });
  /** Reads up to `pages` pages. @returns the ids, and the cursors that were requested. */
  async function read(reading: Parameters<typeof historyPages>[1] = {}, pages = 100) {
    const ids: unknown[] = [];
    const before = requests.length;
    let count = 0;
    for await (const page of historyPages('s1', reading, context)) {
      ids.push(...page.items.map(({ id }) => id));
      count += 1;
      if (count === pages) break;
    }
    return { ids, requested: requests.slice(before) };
  }
  return { read, clock, context, items };
}

const idsOf = (order: Order, items: readonly HistoryItem[]) => {
  const ids = items.map(({ id }) => id);
  return order === 'newest first' ? ids.toReversed() : ids;
};

describe.each<Order>(['oldest first', 'newest first'])('a history that is %s', (order) => {
  it('is requested page by page the first time', async () => {
    const { read, items } = setUp(order, messages(35));
    const { ids, requested } = await read();
    expect(ids).toEqual(idsOf(order, items));
    expect(requested).toHaveLength(4);
  });

  it('costs one request when it is read again within a minute', async () => {
    const { read, items } = setUp(order, messages(35));
    await read();
    const { ids, requested } = await read();
    expect(ids).toEqual(idsOf(order, items));
    expect(requested).toHaveLength(1);
  });

  it('costs none if the session has not changed', async () => {
    const { read, items } = setUp(order, messages(35));
    await read({ updatedAt: 'u1' });
    const { ids, requested } = await read({ updatedAt: 'u1' });
    expect(ids).toEqual(idsOf(order, items));
    expect(requested).toEqual([]);
    expect((await read({ updatedAt: 'u2' })).requested).not.toEqual([]);
    expect((await read({ updatedAt: 'u2' })).requested).toEqual([]);
  });

  it('is read completely after new messages came', async () => {
    const { read, items } = setUp(order, messages(35));
    await read();
    items.push(...messages(1, 35));
    expect((await read()).ids).toEqual(idsOf(order, items));
    items.push(...messages(30, 36));
    expect((await read()).ids).toEqual(idsOf(order, items));
  });

  it('is requested as a whole after a minute', async () => {
    const { read, clock } = setUp(order, messages(35));
    await read();
    clock.pass(59_000);
    expect((await read()).requested).toHaveLength(1);
    clock.pass(1000);
    expect((await read()).requested).toHaveLength(4);
  });

  it('is continued where an earlier reading ended', async () => {
    const { read, items } = setUp(order, messages(35));
    await read({}, 2);
    const { ids, requested } = await read();
    expect(ids).toEqual(idsOf(order, items));
    expect(requested).toHaveLength(order === 'oldest first' ? 2 : 3);
  });

  it('costs nothing up to a message that was read', async () => {
    const { read } = setUp(order, messages(35));
    await read();
    expect((await read({ before: 'm20' })).requested).toEqual([]);
    expect((await read({ before: '2026-02-01T00:00:20Z' })).requested).toEqual([]);
    // A later time may have messages that were not read.
    expect((await read({ before: '2026-02-02' })).requested).not.toEqual([]);
  });

  it('is read again if entries were removed', async () => {
    const { read, items } = setUp(order, messages(35));
    await read();
    items.splice(5, 3);
    const { ids } = await read();
    expect(new Set(ids)).toEqual(new Set(idsOf(order, items)));
  });

  it('can be read from the middle on, with what is remembered before it', async () => {
    const { read, items } = setUp(order, messages(45));
    const { ids } = await read({}, 2);
    const start = order === 'oldest first' ? '20' : '25';
    const rest = await read({ start });
    expect(rest.ids).toEqual(idsOf(order, items));
    expect(rest.requested).toHaveLength(3);
    expect(ids).toEqual(rest.ids.slice(0, 20));
  });

  it('can be read from the middle on without what is before it', async () => {
    const { read, items } = setUp(order, messages(45));
    const start = order === 'oldest first' ? '20' : '25';
    expect((await read({ start })).ids).toEqual(idsOf(order, items).slice(20));
    // That alone is not the history.
    expect((await read()).ids).toEqual(idsOf(order, items));
  });

  it.each(['sent', 'rejected', 'unknown'] as const)(
    'is requested again after our own write with the outcome %s',
    async (outcome) => {
      const { read, context } = setUp(order, messages(35));
      const error = new TimeoutError('', { mayHaveArrived: true });
      const answer = outcome === 'sent' ? { outcome, messageId: 'm' } : { outcome, error };
      const client = rememberingClient(
        { ...context.client, sendMessage: async () => answer, updateSession: () => Promise.reject(error) },
        context,
      );
      await read({ updatedAt: 'u1' });
      await client.sendMessage('s1', {} as SendMessageBody);
      expect((await read({ updatedAt: 'u1' })).requested).toHaveLength(4);
      await expect(client.updateSession('s1', {})).rejects.toThrow(error);
      expect((await read({ updatedAt: 'u1' })).requested).toHaveLength(4);
    },
  );
});

describe('a history whose order does not show', () => {
  it('is requested as a whole each time', async () => {
    const items = messages(35).map((item) => ({ ...item, created_at: '2026-02-01T00:00:00Z' }));
    const { read } = setUp('oldest first', items);
    await read();
    expect((await read()).requested).toHaveLength(4);
  });
});

describe('the requests for a history', () => {
  it('have the time that is left for them, and a cursor only to go on', async () => {
    const clock = settableClock();
    const asked: unknown[][] = [];
    const { client } = pagedHistory('oldest first', 10, messages(5));
    const context = contextOf(
      {
        historyPages(...wanted) {
          asked.push([wanted[1]?.deadline?.remainingMs, ...wanted.slice(2)]);
          return client.historyPages(...wanted);
        },
      },
      { clock, histories: memoryHistories(clock) },
    );
    const read = async (reading: Parameters<typeof historyPages>[1]) => {
      for await (const _ of historyPages('s1', reading, context));
    };
    const deadline = context.call.deadline.share(0.5);
    await read({});
    await read({ start: '3', deadline });
    expect(asked).toEqual([[60_000], [30_000, '3']]);
  });
});

describe('a history that is remembered', () => {
  const at = (id: string | undefined, created_at: string): HistoryItem => ({
    ...(id !== undefined && { id }),
    created_at,
    event: { type: 'message' },
  });
  const second = (n: number) => `2026-02-01T00:00:${String(n).padStart(2, '0')}.000Z`;

  it('holds if its entries have no ids, by their times', async () => {
    const items = Array.from({ length: 25 }, (_, n) => at(undefined, second(n)));
    for (const order of ['oldest first', 'newest first'] as const) {
      const { read } = setUp(order, [...items]);
      await read();
      expect((await read()).requested).toHaveLength(1);
    }
  });

  it('that is newest first does not hold if anything of its first page changed', async () => {
    for (const change of [
      (items: HistoryItem[]) => items.splice(24, 1, at('other', second(24))),
      (items: HistoryItem[]) => items.splice(16, 1, at('other', second(16))),
    ]) {
      const items = messages(25);
      const { read } = setUp('newest first', items);
      await read();
      change(items);
      const { ids, requested } = await read();
      expect(requested).toHaveLength(3);
      expect(ids).toEqual(idsOf('newest first', items));
    }
  });

  it('reaches the exact time that was wanted before', async () => {
    const { read } = setUp('oldest first', messages(35));
    await read({}, 2);
    expect((await read({ before: '2026-02-01T00:00:19Z' }, 2)).requested).toEqual([]);
    expect((await read({ before: 'm19' }, 2)).requested).toEqual([]);
    expect((await read({ before: 'm21' })).ids).toHaveLength(35);
  });

  it('that is newest first reaches only what is in it', async () => {
    const { read } = setUp('newest first', messages(35));
    await read({}, 2);
    expect((await read({ before: '2026-02-01T00:00:34Z' }, 2)).requested).toEqual([]);
    expect((await read({ before: 'm34' }, 2)).requested).toEqual([]);
    expect((await read({ before: '2026-02-01T00:00:35Z' }, 2)).requested).toHaveLength(1);
    expect((await read({ before: 'm3' }, 2)).requested).toHaveLength(1);
  });

  it('is no way to a page that it does not lead to', async () => {
    const { read, items } = setUp('oldest first', messages(45));
    await read({}, 2);
    expect((await read({ start: '30' })).ids).toEqual(idsOf('oldest first', items).slice(30));
    expect((await read({ start: '20' })).ids).toEqual(idsOf('oldest first', items));
  });

  it('of one page is read again', async () => {
    const { read, items } = setUp('oldest first', messages(5));
    await read();
    items.splice(2, 1);
    expect((await read()).ids).toEqual(idsOf('oldest first', items));
  });
});
