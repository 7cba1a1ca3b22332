import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateBudget, rateBudgetOn, sharedRateBudget } from '../../src/client/rate-budget.ts';
import { memorySharedRateLimiter } from '../../src/state/memory/rate-limiter.ts';
import { Deadline } from '../../src/time/deadline.ts';

// Vitest does not fake timers/promises.
beforeAll(() => {
  vi.spyOn(timers, 'setTimeout').mockImplementation(
    (ms, value, { signal } = {}) =>
      new Promise((resolve, reject) => {
        setTimeout(() => resolve(value as never), ms);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const within = (ms: number) => ({ deadline: Deadline.after(ms) });

describe('the rate budget', () => {
  it('serves calls in order and reports the wait to every waiting call', async () => {
    const budget = await createRateBudget(2);
    const done: number[] = [];
    const reported: [number, number][] = [];
    const take = (n: number) =>
      budget
        .take({ ...within(300_000), onWait: (_, ms) => reported.push([n, Math.ceil(ms / 1000)]) })
        .then(() => done.push(n));
    const all = [1, 2, 3, 4].map(take);
    await vi.advanceTimersByTimeAsync(20_000);
    all.push(take(5));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual([1, 2]);
    expect(reported).toEqual([
      [3, 60],
      [4, 60],
      [5, 40],
    ]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(done).toEqual([1, 2, 3, 4, 5]);
    await Promise.all(all);
    // Those that have their turn are told nothing more.
    expect(reported.slice(3)).toEqual([[5, 60]]);
  });

  it('serves a call that waits before one that comes when requests are free again', async () => {
    const waits = [1000, 1000];
    const budget = rateBudgetOn({
      take: async () => waits.shift() ?? 0,
      waitMs: async () => 0,
      block: async () => {},
    });
    const done: number[] = [];
    const first = budget.take(within(300_000)).then(() => done.push(1));
    await vi.advanceTimersByTimeAsync(1);
    expect(waits).toEqual([]);
    const second = budget.take(within(300_000)).then(() => done.push(2));
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all([first, second]);
    expect(done).toEqual([1, 2]);
  });

  it('fails a call at once that would not have its turn in time, whoever waits before it', async () => {
    const budget = await createRateBudget(1);
    await budget.take(within(300_000));
    const first = budget.take(within(300_000));
    await vi.advanceTimersByTimeAsync(1);
    const late = budget.take(within(20_000));
    const told = expect(late).rejects.toMatchObject({ kind: 'rate_limited', retryAfterSeconds: 60 });
    await vi.advanceTimersByTimeAsync(0);
    await told;
    await vi.advanceTimersByTimeAsync(60_000);
    await first;
  });

  it('leaves the request of a call that is cancelled while it waits first to the next one', async () => {
    const budget = await createRateBudget(1);
    await budget.take(within(300_000));
    const cancel = new AbortController();
    const onWait = vi.fn();
    const first = expect(
      budget.take({ ...within(300_000), signal: cancel.signal, onWait }),
    ).rejects.toMatchObject({ kind: 'cancelled' });
    await vi.advanceTimersByTimeAsync(1000);
    const [second, third] = [budget.take(within(300_000)), budget.take(within(300_000))];
    cancel.abort();
    await first;
    await vi.advanceTimersByTimeAsync(59_000);
    await second;
    await vi.advanceTimersByTimeAsync(60_000);
    await third;
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  it('keeps the longer of two pauses', async () => {
    const budget = await createRateBudget(100);
    await budget.pause(30);
    await budget.pause(1);
    await expect(budget.take(within(20_000))).rejects.toMatchObject({ retryAfterSeconds: 30 });
  });

  it.each([61, 86_400, Number.MAX_SAFE_INTEGER])(
    'pauses for a minute at most, not for %i s',
    async (seconds) => {
      const budget = await createRateBudget(100);
      for (let n = 0; n < 20; n += 1) await budget.pause(seconds);
      await expect(budget.take(within(50_000))).rejects.toMatchObject({ retryAfterSeconds: 60 });
      await vi.advanceTimersByTimeAsync(60_000);
      await budget.take(within(1));
      await budget.pause(seconds);
      await expect(budget.take(within(50_000))).rejects.toMatchObject({ retryAfterSeconds: 60 });
    },
  );

  it.each([
    ['cancelled', () => AbortSignal.abort(), 300_000],
    ['timeout', () => undefined, 0],
  ])('is not used by a call that is over when its turn comes: %s', async (kind, signal, ms) => {
    const budget = await createRateBudget(1);
    await expect(budget.take({ ...within(ms), signal: signal() })).rejects.toMatchObject({
      kind,
      mayHaveArrived: false,
    });
    await budget.take(within(1));
  });

  it('is not used by a call that was given up in the queue', async () => {
    const budget = await createRateBudget(1);
    const cancel = new AbortController();
    await budget.take(within(1));
    const first = budget.take(within(300_000));
    const givenUp = budget.take({ ...within(300_000), signal: cancel.signal });
    const late = expect(budget.take(within(90_000))).rejects.toMatchObject({ kind: 'rate_limited' });
    const last = budget.take(within(300_000));
    cancel.abort();
    await expect(givenUp).rejects.toMatchObject({ kind: 'cancelled', mayHaveArrived: false });
    await vi.advanceTimersByTimeAsync(60_000);
    await first;
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all([late, last]);
  });

  it('fails a call at once that would wait longer than it is willing to', async () => {
    const budget = await createRateBudget(1);
    await budget.take(within(300_000));
    const impatient = budget.take({ ...within(300_000), maxWaitMs: 5000 });
    await expect(impatient).rejects.toMatchObject({ kind: 'rate_limited', retryAfterSeconds: 60 });
    await vi.advanceTimersByTimeAsync(56_000);
    const soon = budget.take({ ...within(300_000), maxWaitMs: 5000 });
    await vi.advanceTimersByTimeAsync(4000);
    await soon;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a call give up its place in the queue when it has waited long enough', async () => {
    const budget = await createRateBudget(1);
    await budget.take(within(300_000));
    await vi.advanceTimersByTimeAsync(56_000);
    const first = budget.take(within(300_000));
    const impatient = budget.take({ ...within(300_000), maxWaitMs: 5000 });
    const givenUp = expect(impatient).rejects.toMatchObject({ kind: 'rate_limited', retryAfterSeconds: 29 });
    const last = budget.take(within(300_000));
    await vi.advanceTimersByTimeAsync(0);
    await budget.pause(34);
    await vi.advanceTimersByTimeAsync(5000);
    await givenUp;
    await vi.advanceTimersByTimeAsync(29_000);
    await first;
    await vi.advanceTimersByTimeAsync(60_000);
    await last;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const budget = await createRateBudget(1);
    await budget.take(within(300_000));
    const second = budget.take(within(300_000));
    await vi.advanceTimersByTimeAsync(60_000);
    await second;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a rate budget that people share', () => {
  const as = (person: string, ms = 300_000) => ({ ...within(ms), person });

  it('lets nobody wait behind the calls of another person', async () => {
    const budget = sharedRateBudget(memorySharedRateLimiter(20));
    const done: string[] = [];
    const take = (person: string) => budget.take(as(person)).then(() => done.push(person));
    const busy = Array.from({ length: 60 }, () => take('ann'));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toHaveLength(19);
    await take('bob');
    expect(done.at(-1)).toBe('bob');
    const others = Array.from({ length: 9 }, () => take('bob'));
    for (let step = 0; step < 61; step += 1) await vi.advanceTimersByTimeAsync(1000);
    expect(done.filter((person) => person === 'bob')).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(240_000);
    await Promise.all([...busy, ...others]);
  });

  it('forgets who called longest ago when there are more than a thousand', async () => {
    const limiter = memorySharedRateLimiter(1_000_000);
    const met: string[] = [];
    const budget = sharedRateBudget({
      of(person) {
        met.push(person);
        return limiter.of(person);
      },
    });
    const people = Array.from({ length: 1000 }, (_, n) => `p${n}`);
    for (const person of [...people, 'p0']) await budget.take(as(person));
    expect(met).toEqual(people);
    for (const person of ['new', 'p0', 'p1']) await budget.take(as(person));
    expect(met.slice(1000)).toEqual(['new', 'p1']);
  });

  it('pauses for all of them', async () => {
    const budget = sharedRateBudget(memorySharedRateLimiter(20));
    await budget.take(as('ann'));
    await budget.pause(30);
    for (const person of ['ann', 'bob'])
      await expect(budget.take(as(person, 20_000))).rejects.toMatchObject({ retryAfterSeconds: 30 });
  });
});
