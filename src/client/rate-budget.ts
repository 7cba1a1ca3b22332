import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.ts';
import { endedBy, fits, type Limits, onDeadline, wait } from './http/deadline.ts';

const windowSeconds = 60;
const key = 'api';
const reason = 'for the rate budget';

/** A limit on the requests of this client, shared by all its calls. */
export interface RateBudget {
  /**
   * Takes one request from the budget, first come, first served. Waits if none is left, and reports the wait to
   * `onWait` of every waiting call.
   * @throws RateLimitedError if the wait would exceed the deadline.
   */
  take(limits: Limits): Promise<void>;
  /** Blocks the budget after a 429. Does not shorten an earlier pause. */
  pause(seconds: number): Promise<void>;
}

/** @param perMinute requests a minute; 0 for no limit. */
export async function createBudget(perMinute: number): Promise<RateBudget> {
  if (perMinute === 0) return { take: async () => {}, pause: async () => {} };
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  // A queue: a call with many requests neither overtakes other calls nor blocks them for long.
  let last: Promise<unknown> = Promise.resolve();
  const queue = new Set<Limits>();
  let freeAt = 0;

  async function takeInTurn(limits: Limits): Promise<void> {
    // Cancelled while queued; leave the token to others.
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

  /** @returns the milliseconds until a request is available; 0 if one is. */
  async function exhaustedFor(): Promise<number> {
    const state = await limiter.get(key);
    return state && state.remainingPoints <= 0 ? state.msBeforeNext : 0;
  }

  return {
    async take(limits) {
      const isOver = limits.signal?.aborted || !fits(0, limits);
      // The common case: the queue is empty and a request is available.
      if (queue.size === 0 && !isOver && (await consume(limiter)) === 0) return;
      // Fail before queueing if the wait cannot fit the deadline.
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
      // The limiter treats 0 as forever, and a shorter block would replace a longer one.
      if (seconds * 1000 > (await exhaustedFor())) await limiter.block(key, seconds);
    },
  };
}

/** Resolves with `turn`. Rejects if the call is cancelled or its deadline passes first. */
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

/** @returns 0 if a request was taken, otherwise the milliseconds until one is available. */
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
