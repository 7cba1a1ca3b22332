import { describe, expect, it } from 'vitest';
import type { TeamRateLimiter } from '../../../src/state/rate-limiter.ts';
import { describeRateLimiter } from './rate-limiter-contract.ts';

export interface SharedRateLimiterSetup {
  /** A limiter that nothing was taken from. */
  open(perMinute: number): TeamRateLimiter;
  /** Lets time pass for it. */
  pass(ms: number): Promise<void>;
}

const minute = 60_000;

/** What every implementation of a rate limiter promises that several people share. */
export function describeSharedRateLimiter(name: string, { open, pass }: SharedRateLimiterSetup): void {
  describeRateLimiter(`${name}, used by one person`, {
    open: (perMinute) => open(perMinute).of('ann'),
    pass,
  });

  describe(`${name}, used by several people`, () => {
    /** Takes as much as the limiter gives. @returns how much that was. */
    async function takeAll(limiter: TeamRateLimiter, person: string): Promise<number> {
      for (let n = 0; ; n += 1) if ((await limiter.of(person).take()) > 0) return n;
    }
    const take = async (limiter: TeamRateLimiter, person: string, times: number) => {
      for (let n = 0; n < times; n += 1) expect(await limiter.of(person).take()).toBe(0);
    };

    it('tells what is left of it', async () => {
      const limiter = open(100);
      expect(await limiter.remaining()).toBe(100);
      await take(limiter, 'ann', 2);
      await take(limiter, 'bob', 1);
      expect(await limiter.remaining()).toBe(97);
      await pass(60_000);
      expect(await limiter.remaining()).toBe(100);
    });

    it('never gives more than the budget within a minute, whenever the minute begins', async () => {
      const limiter = open(10);
      const taken: number[] = [];
      for (let now = 0; now < 3 * minute; now += 7000) {
        for (const person of ['ann', 'bob', 'eve']) {
          for (let n = 0; n < 3; n += 1) if ((await limiter.of(person).take()) === 0) taken.push(now);
        }
        await pass(7000);
      }
      for (const from of taken) {
        expect(taken.filter((at) => at >= from && at < from + minute).length).toBeLessThanOrEqual(10);
      }
      expect(taken.length).toBeGreaterThanOrEqual(30);
    });

    it('leaves a twentieth of the budget to whoever comes next', async () => {
      const limiter = open(100);
      expect(await takeAll(limiter, 'ann')).toBe(95);
      expect(await takeAll(limiter, 'bob')).toBe(5);
    });

    it('gives a newcomer an equal share in the next minute', async () => {
      const limiter = open(100);
      await takeAll(limiter, 'ann');
      await takeAll(limiter, 'bob');
      await pass(minute);
      // The busy one asks first.
      expect(await takeAll(limiter, 'ann')).toBe(48);
      expect(await takeAll(limiter, 'bob')).toBe(47);
    });

    it('leaves as much again to a person who takes little', async () => {
      const limiter = open(100);
      await take(limiter, 'bob', 10);
      expect(await takeAll(limiter, 'ann')).toBe(75);
      await take(limiter, 'bob', 15);
      expect(await limiter.of('bob').take()).toBeGreaterThan(0);
    });

    it('gives everything to one person again when the others have been gone for a while', async () => {
      const limiter = open(100);
      await takeAll(limiter, 'bob');
      await takeAll(limiter, 'ann');
      await pass(minute - 1);
      await takeAll(limiter, 'ann');
      await pass(30_001);
      expect(await takeAll(limiter, 'ann')).toBe(95);
    });

    it('gives each of more people than requests a turn', async () => {
      const limiter = open(3);
      const people = ['ann', 'bob', 'eve', 'joe', 'sue', 'tim'];
      const served = new Set<string>();
      for (let n = 0; n < 2; n += 1) {
        // Those who waited are not always asked first.
        for (const person of people) if ((await limiter.of(person).take()) === 0) served.add(person);
        people.reverse();
        await pass(minute);
      }
      expect(served.size).toBe(6);
    });

    it('says when a person can have a request, who may not take what is left', async () => {
      const limiter = open(100);
      await takeAll(limiter, 'ann');
      await pass(20_000);
      expect(await limiter.of('ann').waitMs()).toBe(40_000);
      expect(await limiter.of('bob').waitMs()).toBe(0);
    });

    it('blocks everybody at once', async () => {
      const limiter = open(100);
      await limiter.of('ann').block(30);
      expect(await limiter.of('bob').take()).toBe(30_000);
      expect(await limiter.remaining()).toBe(0);
    });

    it('takes nobody for refused because of a block', async () => {
      const limiter = open(100);
      await limiter.of('ann').block(1);
      await limiter.of('bob').take();
      await pass(1000);
      expect(await takeAll(limiter, 'ann')).toBe(95);
    });
  });
}
