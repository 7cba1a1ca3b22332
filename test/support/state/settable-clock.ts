import type { Clock } from '../../../src/time/clock.ts';

export interface SettableClock extends Clock {
  /** Lets time pass. */
  pass(ms: number): void;
  /** Sets the wall clock forward, or back if `ms` is negative. No time passes. */
  set(ms: number): void;
}

/**
 * A clock that stands still. It starts at the present second, because records are also compared with the times of
 * files, which the operating system sets.
 * @param sleep by default nothing may sleep.
 */
export function settableClock(
  sleep: Clock['sleep'] = () => Promise.reject(new Error('this clock does not sleep')),
): SettableClock {
  let wall = Math.floor(Date.now() / 1000) * 1000;
  let elapsed = 0;
  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep,
    pass(ms) {
      wall += ms;
      elapsed += ms;
    },
    set(ms) {
      wall += ms;
    },
  };
}
