import { type Clock, systemClock } from '../../time/clock.ts';
import type { Approvals } from '../approvals.ts';

/** Approvals that last as long as the process. */
export function memoryApprovals(clock: Clock = systemClock): Approvals {
  /** When each may be forgotten, the earliest first if all live equally long. */
  const used = new Map<string, number>();
  return {
    async use(id, lifetimeMs) {
      const now = clock.monotonic();
      for (const [other, end] of used) {
        if (end > now) break;
        used.delete(other);
      }
      if (used.has(id)) return false;
      used.set(id, now + lifetimeMs);
      return true;
    },
  };
}
