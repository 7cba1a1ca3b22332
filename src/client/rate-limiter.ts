import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Counts requests over a minute. The rate budget queues in front of it. */
export interface RateLimiter {
  /** Takes one request. @returns 0 if it was taken, otherwise the milliseconds until one can be. */
  take(): Promise<number>;
  /** The milliseconds until a request can be taken; 0 if one can be taken now. Takes none. */
  waitMs(): Promise<number>;
  /** Allows nothing for this long. A longer block that is in force stays. */
  block(seconds: number): Promise<void>;
}

const windowSeconds = 60;
const key = 'api';

/** A limiter for one process. */
export function memoryRateLimiter(perMinute: number): RateLimiter {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  let lastBlock: Promise<void> = Promise.resolve();

  async function waitMs(): Promise<number> {
    const state = await limiter.get(key);
    // Below 0 if the timer that ends the minute is late.
    return state && state.remainingPoints <= 0 ? Math.max(0, state.msBeforeNext) : 0;
  }

  async function blockIfLonger(seconds: number): Promise<void> {
    // The library takes 0 for "forever", and would let a shorter block replace a longer one.
    if (seconds * 1000 > (await waitMs())) await limiter.block(key, seconds);
  }

  return {
    waitMs,
    async take() {
      try {
        await limiter.consume(key);
        return 0;
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        return Math.max(1, (refusal as RateLimiterRes).msBeforeNext);
      }
    },
    block(seconds) {
      // One after the other: of two blocks at once each has to see the other.
      const block = lastBlock.then(() => blockIfLonger(seconds));
      lastBlock = block.catch(() => {});
      return block;
    },
  };
}
