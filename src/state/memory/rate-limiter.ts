import type { Clock } from '../../time/clock.ts';
import { FairBudget } from '../fair-budget.ts';
import type { TeamRateLimiter } from '../rate-limiter.ts';

/** A limiter that is fair between the people of one process. */
export function memorySharedRateLimiter(perMinute: number, clock?: Clock): TeamRateLimiter {
  const budget = new FairBudget(clock);
  return {
    of: (person) => ({
      take: async () => budget.take(person, perMinute),
      waitMs: async () => budget.waitMs(person, perMinute),
      block: async (seconds) => budget.block(seconds * 1000),
    }),
    remaining: async () => budget.remaining(perMinute),
  };
}
