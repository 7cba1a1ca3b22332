import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateBudget } from '../../src/client/rate-budget.ts';
import { Deadline } from '../../src/time/deadline.ts';

// Vitest does not fake timers/promises.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));
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
  });

  it('keeps the longer of two pauses', async () => {
    const budget = await createRateBudget(100);
    await budget.pause(30);
    await budget.pause(1);
    await expect(budget.take(within(20_000))).rejects.toMatchObject({ retryAfterSeconds: 30 });
  });
});
