import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../../src/client/client.ts';
import {
  CancelledError,
  RateLimitedError,
  TimeoutError,
  UpstreamError,
} from '../../../../src/client/errors.ts';
import type { HistoryItem } from '../../../../src/contract/entities.ts';
import { lookIntoHistories } from '../../../../src/conversations/analysis/messages/look-into-histories.ts';
import { Deadline } from '../../../../src/time/deadline.ts';
import { contextOf, message, session } from '../../../support/fakes/fakes.ts';
import { settableClock } from '../../../support/state/settable-clock.ts';

const m = (n: number) => message(`m${n}`, n * 1000);
const gone = new UpstreamError('Gone.', { mayHaveArrived: false });
const limited = new RateLimitedError('No.', { retryAfterSeconds: 7 });
const late = new TimeoutError('Late.', { mayHaveArrived: true });

interface History {
  pages?: HistoryItem[][];
  error?: Error;
  more?: object;
}
type Options = Partial<Parameters<typeof lookIntoHistories>[1]>;

async function look(histories: History[], options: Options = {}, { ms = 0, isAborted = false } = {}) {
  const clock = settableClock();
  const controller = new AbortController();
  const asked: unknown[] = [];
  const told: string[] = [];
  let open = 0;
  let most = 0;
  const client: Partial<SessionsClient> = {
    async *historyPages(id, call) {
      const { pages = [[m(1)]], error, more } = histories[Number(id.slice(1))] ?? {};
      asked.push(id);
      if (id === 's0') asked.push(call?.deadline?.remainingMs, call?.maxWaitMs);
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      for (const [n, items] of pages.entries()) {
        clock.pass(ms);
        const isLast = n === pages.length - 1 && error === undefined;
        yield { items, next: isLast ? null : `p${n + 1}`, cursor: n === 0 ? undefined : `p${n}`, ...more };
      }
      if (isAborted) controller.abort();
      if (error) throw error;
    },
  };
  const deadline = Deadline.after(10_000, clock);
  const context = contextOf(client, {
    ...{ clock, call: { signal: controller.signal, deadline: Deadline.after(20_000, clock) } },
    progress: (text) => void told.push(text),
  });
  const sessions = histories.map((_, n) => session(`s${n}`));
  const found = await lookIntoHistories(sessions, { since: 0, deadline, ...options }, context);
  return { ...found, asked, told, most };
}
const one = async (history: History, options?: Options) => (await look([history], options)).histories[0];
const ids = (items: readonly HistoryItem[] | undefined) => items?.map(({ id }) => id);

describe('one history', () => {
  it('is read in the time that there is, with little waiting', async () => {
    const { asked, histories, stop, told } = await look([
      {
        pages: [
          [m(1), m(2)],
          [m(2), m(3)],
        ],
      },
    ]);
    expect(asked).toEqual(['s0', 10_000, 3000]);
    expect(histories).toEqual([
      { items: [m(1), m(2), m(3)], isPart: false, lacksNewest: false, unreadable: 0 },
    ]);
    expect([stop, told]).toEqual([undefined, ['1 of 1 sessions']]);
  });

  it('that is newest first is read back to the moment since when', async () => {
    const pages = [
      [m(6), m(5)],
      [m(4), m(3)],
      [m(2), m(1)],
    ];
    expect(ids((await one({ pages }, { since: 3000 }))?.items)).toEqual(['m3', 'm4', 'm5', 'm6']);
    expect((await one({ pages }, { since: 2999 }))?.items).toHaveLength(6);
    expect(
      (await one({ pages: pages.map((page) => page.toReversed()).toReversed() }, { since: 3000 }))?.items,
    ).toHaveLength(6);
  });

  it('without a page is empty', async () => {
    expect(await one({ pages: [] })).toEqual({ items: [], isPart: false, lacksNewest: false, unreadable: 0 });
  });

  it('counts what could not be read', async () => {
    const history = { pages: [[m(1)], [m(2)]], more: { unreadable: 2 } };
    expect(await one(history)).toMatchObject({ unreadable: 4, isPart: false });
  });

  it.each([{ endsEarly: true }, { left_out: 1 }])('is a part if a page ends early: %j', async (more) => {
    expect(await one({ pages: [[m(1), m(2)]], more })).toMatchObject({ isPart: true, lacksNewest: true });
    expect(await one({ pages: [[m(2), m(1)]], more })).toMatchObject({ isPart: true, lacksNewest: false });
  });

  it('is a part after eighty pages', async () => {
    const pages = (n: number) => Array.from({ length: n }, (_, i) => [m(i)]);
    expect(await one({ pages: pages(80) })).toMatchObject({ isPart: false });
    const part = await one({ pages: pages(82) });
    expect(part).toMatchObject({ isPart: true, lacksNewest: true });
    expect(part?.items).toHaveLength(80);
  });

  it('that was read in part is read on at the next look', async () => {
    const asked: unknown[] = [];
    const client: Partial<SessionsClient> = {
      async *historyPages(_id, _call, cursor) {
        asked.push(cursor);
        for (let n = Number(cursor?.slice(1) ?? 0); n < 150; n += 1) {
          yield { items: [m(n)], next: n < 149 ? `p${n + 1}` : null, cursor: n === 0 ? undefined : `p${n}` };
        }
      },
    };
    const clock = settableClock();
    const context = contextOf(client, { clock });
    const again = async () => {
      const options = { since: 0, deadline: Deadline.after(10_000, clock) };
      return (await lookIntoHistories([session('s0')], options, context)).histories[0];
    };
    expect([(await again())?.items.length, (await again())?.items.length]).toEqual([80, 150]);
    expect(await again()).toMatchObject({ isPart: false, lacksNewest: false });
    expect(asked).toEqual([undefined, 'p80']);
  });

  it('is not a part if the fault is in this program', async () => {
    const fault = new TypeError('x is not a function');
    await expect(one({ pages: [[m(1)]], error: fault })).rejects.toBe(fault);
  });

  it('is a part if a later page fails', async () => {
    expect(await one({ error: gone })).toMatchObject({ items: [m(1)], isPart: true });
    expect(await one({ pages: [[]], error: gone })).toBeUndefined();
  });
});

describe('histories', () => {
  const good = (n: number): History[] => Array.from({ length: n }, () => ({}));

  it('are read eight at a time, and that is told', async () => {
    const { most, told, histories } = await look(good(18));
    expect([most, histories.length]).toEqual([8, 18]);
    expect(told).toEqual(['8 of 18 sessions', '16 of 18 sessions', '18 of 18 sessions']);
  });

  it.each([
    [limited, { why: 'rate_limited', retryAfterSeconds: 7 }],
    [late, { why: 'time' }],
  ])('end before one that was not read: %s', async (error, stop) => {
    const all = [...good(1), { error }, ...good(20)];
    const { histories, asked, ...rest } = await look(all);
    expect(rest.stop).toEqual(stop);
    expect(histories).toHaveLength(1);
    expect(asked.length).toBeLessThan(22);
  });

  it('go on after one that cannot be read', async () => {
    const { histories, stop } = await look([{ pages: [], error: gone }, ...good(1)]);
    expect(histories.map((each) => each !== undefined)).toEqual([false, true]);
    expect(stop).toBeUndefined();
  });

  it('fail after eight in a row that cannot be read', async () => {
    const bad = (n: number): History[] => Array.from({ length: n }, () => ({ pages: [], error: gone }));
    expect((await look([...bad(7), ...good(8)])).histories).toHaveLength(15);
    await expect(look([...bad(8), ...good(30)])).rejects.toBe(gone);
  });

  it('do not fail if one could be read between those that cannot', async () => {
    const bad: History[] = Array.from({ length: 4 }, () => ({ pages: [], error: gone }));
    const { histories } = await look([...bad, ...good(12), ...bad]);
    expect(histories.filter((each) => each !== undefined)).toHaveLength(12);
  });

  it.each([
    [limited, late],
    [late, limited],
  ])('say that no request is left, whatever else ends them: %s %s', async (...errors) => {
    const { stop } = await look(errors.map((error) => ({ error })));
    expect(stop).toEqual({ why: 'rate_limited', retryAfterSeconds: 7 });
  });

  it('end with the call although a part of one was read', async () => {
    const error = new CancelledError('Cancelled.', { mayHaveArrived: false });
    await expect(look([{ error }])).rejects.toBe(error);
  });

  it.each([
    new CancelledError('Cancelled.', { mayHaveArrived: false }),
    new TypeError('x is not a function'),
  ])('end with the call, or with an error that is not of the API: %s', async (error) => {
    await expect(look([{ error, pages: [] }, ...good(1)])).rejects.toBe(error);
  });

  it('end when the call is cancelled, whatever fails', async () => {
    await expect(look([{ pages: [], error: gone }], {}, { isAborted: true })).rejects.toBe(gone);
  });

  it('are read until there is enough, or no time left', async () => {
    const enough = await look(good(20), { isEnough: ({ id }) => id === 's3' });
    expect(enough.stop).toEqual({ why: 'enough' });
    expect(enough.histories).toHaveLength(3);
    const slow = await look(good(20), {}, { ms: 5000 });
    expect(slow.stop).toEqual({ why: 'time' });
    expect(slow.histories.length).toBeLessThan(20);
  });

  it('are handed over as they arrive', async () => {
    const seen: string[] = [];
    await look(good(2), { onHistory: ({ id }, { items }) => void seen.push(`${id} ${items.length}`) });
    expect(seen).toEqual(['s0 1', 's1 1']);
  });
});
