import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.ts';
import { endedBy, fits, type Limits, onDeadline, wait } from './http/deadline.ts';

const windowSeconds = 60;
const key = 'api';
const reason = 'for the rate budget';

/** The requests that this process allows itself, shared by all its calls. */
export interface RateBudget {
  /**
   * Takes one request out of the budget, in the order of asking; waits where none is left, and says so to all who wait.
   * @throws RateLimitedError, nothing sent, when the wait would not fit the call's deadline.
   */
  take(limits: Limits): Promise<void>;
  /** The API said 429: nothing more for this long, or longer where that is known already. */
  pause(seconds: number): Promise<void>;
}

/** @param perMinute requests a minute; 0 for no limit. */
export async function createBudget(perMinute: number): Promise<RateBudget> {
  if (perMinute === 0) return { take: async () => {}, pause: async () => {} };
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  // Each waits for the one before it: a call of many pages does not overtake, nor hold up the others for long.
  let last: Promise<unknown> = Promise.resolve();
  const queue = new Set<Limits>();
  let freeAt = 0;

  async function takeInTurn(limits: Limits): Promise<void> {
    // Given up while it queued: it must not use up what others wait for.
    if (limits.signal?.aborted || !fits(0, limits)) return;
    while (true) {
      const ms = await consume(limiter);
      if (ms === 0) return;
      if (!fits(ms, limits)) throw exhausted(ms);
      freeAt = performance.now() + ms;
      for (const { onWait } of queue) onWait?.(reason, ms);
      await wait(ms, reason, { ...limits, onWait: undefined });
    }
  }

  /** @returns the milliseconds until a request may be taken, 0 where one may be now. */
  async function exhaustedFor(): Promise<number> {
    const state = await limiter.get(key);
    return state && state.remainingPoints <= 0 ? state.msBeforeNext : 0;
  }

  return {
    async take(limits) {
      const isOver = limits.signal?.aborted || !fits(0, limits);
      // As it nearly always is: something is left, and nobody waits.
      if (queue.size === 0 && !isOver && (await consume(limiter)) === 0) return;
      // Asked before queueing, so that a call that cannot make it says so at once.
      const used = await exhaustedFor();
      if (used > 0 && !fits(used, limits)) throw exhausted(used);
      const waitsFor = freeAt - performance.now();
      if (waitsFor > 0) limits.onWait?.(reason, waitsFor);
      queue.add(limits);
      const turn = last.then(() => takeInTurn(limits));
      last = turn.catch(() => {});
      await orEnd(turn, limits).finally(() => queue.delete(limits));
    },
    pause: async (seconds) => {
      // The limiter takes 0 for ever, and a shorter block for the longer one that stands.
      if (seconds * 1000 > (await exhaustedFor())) await limiter.block(key, seconds);
    },
  };
}

/** The turn, unless the call is cancelled or its deadline passes first; nothing was sent then. */
async function orEnd(turn: Promise<void>, limits: Limits): Promise<void> {
  let release = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      release = onDeadline(limits, (reason) => reject(endedBy(reason, false)));
      turn.then(resolve, reject);
    });
  } finally {
    release();
  }
}

/** @returns 0 when a request was taken, otherwise the milliseconds until one may be. */
async function consume(limiter: RateLimiterMemory): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return Math.max(1, (refusal as RateLimiterRes).msBeforeNext);
  }
}

function exhausted(ms: number): RateLimitedError {
  return new RateLimitedError('The rate budget of this server is used up; nothing was sent.', {
    retryAfterSeconds: Math.ceil(ms / 1000),
  });
}
