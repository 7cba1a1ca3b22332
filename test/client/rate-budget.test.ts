import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateBudget } from '../../src/client/rate-budget.ts';
import { Deadline } from '../../src/time/deadline.ts';

// The timers of promises are not among those that are faked.
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
  it('is given out in the order of asking, and all who wait are told, late comers too', async () => {
    const budget = await createRateBudget(2);
    const done: number[] = [];
    const told: [number, number][] = [];
    const take = (n: number) =>
      budget
        .take({ ...within(300_000), onWait: (_, ms) => told.push([n, Math.ceil(ms / 1000)]) })
        .then(() => done.push(n));
    const all = [1, 2, 3, 4].map(take);
    await vi.advanceTimersByTimeAsync(20_000);
    all.push(take(5));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual([1, 2]);
    expect(told).toEqual([
      [3, 60],
      [4, 60],
      [5, 40],
    ]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(done).toEqual([1, 2, 3, 4, 5]);
    await Promise.all(all);
  });

  it('is not opened by a 429 that names a shorter wait than an earlier one', async () => {
    const budget = await createRateBudget(100);
    await budget.pause(30);
    await budget.pause(1);
    await expect(budget.take(within(20_000))).rejects.toMatchObject({ retryAfterSeconds: 30 });
  });
});
