import { memorySharedRateLimiter } from '../../../src/state/memory/rate-limiter.ts';
import { settableClock } from '../../support/state/settable-clock.ts';
import { describeSharedRateLimiter } from '../../support/state/shared-rate-limiter-contract.ts';

let clock = settableClock();

describeSharedRateLimiter('a budget in memory', {
  open: (perMinute) => {
    clock = settableClock();
    return memorySharedRateLimiter(perMinute, clock);
  },
  pass: async (ms) => clock.pass(ms),
});
