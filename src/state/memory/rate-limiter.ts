import type { Clock } from '../../time/clock.ts';
import { FairBudget } from '../fair-budget.ts';
import type { SharedRateLimiter } from '../rate-limiter.ts';

/** A limiter that is fair between the people of one process. */
export function memorySharedRateLimiter(perMinute: number, clock?: Clock): SharedRateLimiter {
  const budget = new FairBudget(clock);
  return {
    of: (person) => ({
      take: async () => budget.take(person, perMinute),
      waitMs: async () => budget.waitMs(person, perMinute),
      block: async (seconds) => budget.block(seconds * 1000),
    }),
  };
}
