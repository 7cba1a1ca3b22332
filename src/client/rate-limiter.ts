import { type Clock, systemClock } from '../time/clock.ts';

/** Counts requests over a minute. The rate budget queues in front of it. */
export interface RateLimiter {
  /** Takes one request. @returns 0 if it was taken, otherwise the milliseconds until one can be. */
  take(): Promise<number>;
  /** The milliseconds until a request can be taken; 0 if one can be taken now. Takes none. */
  waitMs(): Promise<number>;
  /** Allows nothing for this long. A longer block that is in force stays. */
  block(seconds: number): Promise<void>;
}

/** One budget that several people share. */
export interface SharedRateLimiter {
  /** The budget as one of them may use it: nobody can use it up for the others. The same name is the same person. */
  of(person: string): RateLimiter;
}

const windowMs = 60_000;

/**
 * A limiter for one process. rate-limiter-flexible, which limits the sandbox, measures by the wall clock: set back by an
 * hour, it would refuse requests for an hour.
 */
export function memoryRateLimiter(perMinute: number, clock: Clock = systemClock): RateLimiter {
  let taken = 0;
  let windowEnds = 0;
  let blockEnds = 0;

  function remainingMs(): number {
    const now = clock.monotonic();
    if (now >= windowEnds) taken = 0;
    const ends = Math.max(blockEnds, taken < perMinute ? 0 : windowEnds);
    return ends > now ? Math.max(1, Math.ceil(ends - now)) : 0;
  }

  return {
    async take() {
      const ms = remainingMs();
      if (ms > 0) return ms;
      if (taken === 0) windowEnds = clock.monotonic() + windowMs;
      taken += 1;
      return 0;
    },
    waitMs: async () => remainingMs(),
    async block(seconds) {
      const ends = clock.monotonic() + seconds * 1000;
      if (ends <= Math.max(blockEnds, clock.monotonic() + remainingMs())) return;
      blockEnds = ends;
      // After it, a new minute starts.
      taken = 0;
      windowEnds = 0;
    },
  };
}
