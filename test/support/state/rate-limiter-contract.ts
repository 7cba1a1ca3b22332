import { describe, expect, it } from 'vitest';
import type { RateLimiter } from '../../../src/state/rate-limiter.ts';

export interface RateLimiterSetup {
  /** A limiter that nothing was taken from. */
  open(perMinute: number): RateLimiter;
  /** Lets time pass for it. */
  pass(ms: number): Promise<void>;
}

const minute = 60_000;

/** What every implementation of the rate limiter promises. */
export function describeRateLimiter(name: string, { open, pass }: RateLimiterSetup): void {
  describe(name, () => {
    /** A limiter whose requests are all taken. */
    async function usedUp(perMinute: number): Promise<RateLimiter> {
      const limiter = open(perMinute);
      for (let n = 0; n < perMinute; n += 1) expect(await limiter.take()).toBe(0);
      return limiter;
    }

    it('gives the requests of a minute, and then the time until the next one', async () => {
      const limiter = await usedUp(3);
      expect(await limiter.take()).toBe(minute);
      await pass(20_000);
      expect(await limiter.take()).toBe(40_000);
      await pass(39_999);
      expect(await limiter.take()).toBe(1);
      await pass(1);
      expect(await limiter.take()).toBe(0);
    });

    it('counts a minute from its first request', async () => {
      const limiter = open(2);
      await pass(30_000);
      await limiter.take();
      await pass(50_000);
      await limiter.take();
      expect(await limiter.take()).toBe(10_000);
      await pass(10_000);
      expect(await limiter.take()).toBe(0);
    });

    it('gives no more than the requests of a minute to calls at once', async () => {
      const limiter = open(3);
      const waits = await Promise.all(Array.from({ length: 10 }, () => limiter.take()));
      expect(waits.filter((ms) => ms === 0)).toHaveLength(3);
    });

    it('gives all requests again after a minute of refusals', async () => {
      const limiter = await usedUp(2);
      for (let n = 0; n < 5; n += 1) await limiter.take();
      await pass(minute);
      expect([await limiter.take(), await limiter.take(), await limiter.take()]).toEqual([0, 0, minute]);
    });

    it('shares nothing with another limiter', async () => {
      await usedUp(1);
      expect(await open(1).take()).toBe(0);
    });

    describe('waitMs', () => {
      it('is 0 before the first request and as long as one is left', async () => {
        const limiter = open(2);
        expect(await limiter.waitMs()).toBe(0);
        await limiter.take();
        expect(await limiter.waitMs()).toBe(0);
      });

      it('is the time until the next request when none is left', async () => {
        const limiter = await usedUp(2);
        expect(await limiter.waitMs()).toBe(minute);
        await pass(59_999);
        expect(await limiter.waitMs()).toBe(1);
        await pass(1);
        expect(await limiter.waitMs()).toBe(0);
      });

      it('takes no request', async () => {
        const limiter = open(1);
        for (let n = 0; n < 3; n += 1) await limiter.waitMs();
        expect(await limiter.take()).toBe(0);
      });
    });

    describe('block', () => {
      it('allows nothing for its time, and then all requests of a minute', async () => {
        const limiter = open(2);
        await limiter.block(30);
        expect(await limiter.waitMs()).toBe(30_000);
        expect(await limiter.take()).toBe(30_000);
        await pass(29_999);
        expect(await limiter.waitMs()).toBe(1);
        expect(await limiter.take()).toBe(1);
        await pass(1);
        expect([await limiter.take(), await limiter.take()]).toEqual([0, 0]);
        expect(await limiter.take()).toBe(minute);
      });

      it('also stops requests that are left in this minute', async () => {
        const limiter = open(2);
        await limiter.take();
        await limiter.block(90);
        await pass(minute);
        expect(await limiter.take()).toBe(30_000);
      });

      it('outlasts the wait for a minute that is used up', async () => {
        const limiter = await usedUp(1);
        await limiter.block(90);
        expect(await limiter.take()).toBe(90_000);
      });

      it('does not shorten the wait for a minute that is used up', async () => {
        const limiter = await usedUp(1);
        await limiter.block(30);
        expect(await limiter.take()).toBe(minute);
      });

      it.each([
        ['shorter', 29, 30_000],
        ['equal', 30, 30_000],
        ['longer', 31, 31_000],
      ])('of %s length after one of 30 seconds leaves the longer one in force', async (_, seconds, wait) => {
        const limiter = open(1);
        await limiter.block(30);
        await limiter.block(seconds);
        expect(await limiter.waitMs()).toBe(wait);
      });

      it('is compared with what is left of the one before it', async () => {
        const limiter = open(1);
        await limiter.block(30);
        await pass(20_000);
        await limiter.block(11);
        expect(await limiter.waitMs()).toBe(11_000);
      });

      it.each([
        [30, 1],
        [1, 30],
      ])('for %i and %i seconds at once allows nothing for the longer time', async (...seconds) => {
        const limiter = open(1);
        await Promise.all(seconds.map((time) => limiter.block(time)));
        expect(await limiter.waitMs()).toBe(30_000);
      });

      it('for 0 seconds changes nothing', async () => {
        const limiter = open(1);
        await limiter.block(0);
        expect(await limiter.take()).toBe(0);
      });

      it('accepts parts of a second', async () => {
        const limiter = open(1);
        await limiter.block(0.5);
        expect(await limiter.take()).toBe(500);
      });
    });
  });
}
