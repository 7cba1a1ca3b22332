import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryRateLimiter } from '../../src/client/rate-limiter.ts';
import { describeRateLimiter } from '../support/state/rate-limiter-contract.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describeRateLimiter('the rate limiter of one process', {
  open: memoryRateLimiter,
  pass: async (ms) => {
    await vi.advanceTimersByTimeAsync(ms);
  },
});

it('the wait is never negative, although the clock is ahead of the timer that ends the minute', async () => {
  const limiter = memoryRateLimiter(1);
  await limiter.take();
  vi.setSystemTime(Date.now() + 61_000);
  expect(await limiter.waitMs()).toBe(0);
  expect(await limiter.take()).toBe(0);
});

it('a refusal always has a wait, even if the library reports none', async () => {
  const limiter = memoryRateLimiter(1);
  vi.spyOn(RateLimiterMemory.prototype, 'consume').mockRejectedValue({ msBeforeNext: 0 });
  expect(await limiter.take()).toBe(1);
});

it('an error of the library is not taken for a refusal', async () => {
  const limiter = memoryRateLimiter(1);
  vi.spyOn(RateLimiterMemory.prototype, 'consume').mockRejectedValue(new Error('broken'));
  await expect(limiter.take()).rejects.toThrow('broken');
});

it('a failed block does not stop the next one', async () => {
  const limiter = memoryRateLimiter(1);
  vi.spyOn(RateLimiterMemory.prototype, 'block').mockRejectedValueOnce(new Error('broken'));
  await expect(limiter.block(1)).rejects.toThrow('broken');
  await limiter.block(2);
  expect(await limiter.waitMs()).toBe(2000);
});
