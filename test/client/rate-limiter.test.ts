import { expect, it } from 'vitest';
import { memoryRateLimiter } from '../../src/client/rate-limiter.ts';
import { describeRateLimiter } from '../support/state/rate-limiter-contract.ts';
import { settableClock } from '../support/state/settable-clock.ts';

let clock = settableClock();

describeRateLimiter('the rate limiter of one process', {
  open: (perMinute) => {
    clock = settableClock();
    return memoryRateLimiter(perMinute, clock);
  },
  pass: async (ms) => clock.pass(ms),
});

it.each([-3_600_000, 3_600_000])('a wall clock that is set by %i ms changes no wait', async (ms) => {
  clock = settableClock();
  const limiter = memoryRateLimiter(1, clock);
  await limiter.take();
  clock.pass(20_000);
  clock.set(ms);
  expect(await limiter.waitMs()).toBe(40_000);
  expect(await limiter.take()).toBe(40_000);
});

it('all requests are free again a minute after the first of them', async () => {
  clock = settableClock();
  const limiter = memoryRateLimiter(2, clock);
  await limiter.take();
  clock.pass(50_000);
  await limiter.take();
  clock.pass(10_000);
  expect([await limiter.take(), await limiter.take()]).toEqual([0, 0]);
});
