import { systemClock } from '../time/clock.ts';
import { Deadline, onDeadline } from '../time/deadline.ts';
import { RateLimitedError } from './errors.ts';
import { abortError, type Limits, wait } from './http/call-options.ts';
import type { RateLimiter, SharedRateLimiter } from './rate-limiter.ts';

const reason = 'for the rate budget';

/**
 * However long the API says to wait, other calls ask again after this: one answer, of a proxy perhaps, must not block
 * them for a day. If the API still refuses, its next 429 pauses them again. The call that got the 429 reports its whole
 * time.
 */
const maxPauseSeconds = 60;

/** The requests that this process allows itself, shared by all its calls. */
export interface RateBudget {
  /**
   * Takes one request from the budget, first come, first served. If none is left it waits and tells everyone in the queue.
   * @throws RateLimitedError before anything is sent, if the wait would exceed the call's deadline or its `maxWaitMs`.
   */
  take(limits: Limits): Promise<void>;
  /** To be called after a 429: allows nothing for this long, but at most a minute. A longer pause in force stays. */
  pause(seconds: number): Promise<void>;
}

/**
 * A budget for this process.
 * @param perMinute requests a minute; 0 for no limit.
 */
export async function createRateBudget(perMinute: number): Promise<RateBudget> {
  if (perMinute === 0) return { take: async () => {}, pause: async () => {} };
  const { memoryRateLimiter } = await import('./rate-limiter.ts');
  return rateBudgetOn(memoryRateLimiter(perMinute));
}

/** People who called last. The budget of one who is dropped starts with an empty queue; nothing else is lost. */
const maxPeople = 1000;

/** A budget that several people share. Each has a queue of their own, so that nobody waits behind another's calls. */
export function sharedRateBudget(limiter: SharedRateLimiter): RateBudget {
  const budgets = new Map<string, RateBudget>();
  function budgetOf(person: string): RateBudget {
    const budget = budgets.get(person) ?? rateBudgetOn(limiter.of(person));
    budgets.delete(person);
    budgets.set(person, budget);
    if (budgets.size > maxPeople) budgets.delete(budgets.keys().next().value as string);
    return budget;
  }
  return {
    take: (limits) => budgetOf(limits.person ?? '').take(limits),
    // A pause is for everybody.
    pause: (seconds) => budgetOf('').pause(seconds),
  };
}

export function rateBudgetOn(limiter: RateLimiter): RateBudget {
  // Each call waits for the one before it, so a call of many pages neither overtakes the others nor holds them up.
  let last: Promise<unknown> = Promise.resolve();
  const queue = new Set<Limits>();
  let freeAt = 0;

  async function takeInTurn(limits: Limits, patience: Deadline): Promise<void> {
    // Given up while queued; leave the request to others.
    if (limits.signal?.aborted || patience.hasPassed) return;
    while (true) {
      const ms = await limiter.take();
      if (ms === 0) {
        queue.delete(limits);
        return;
      }
      if (!patience.allows(ms)) throw exhausted(ms);
      freeAt = systemClock.monotonic() + ms;
      for (const { onWait } of queue) onWait?.(reason, ms);
      await wait(ms, reason, { ...limits, onWait: undefined });
    }
  }

  return {
    async take(limits) {
      const isOver = limits.signal?.aborted || limits.deadline.hasPassed;
      // The usual case: requests are left and nobody waits.
      if (queue.size === 0 && !isOver && (await limiter.take()) === 0) return;
      const patience = Deadline.after(limits.maxWaitMs ?? Number.POSITIVE_INFINITY).orEarlier(
        limits.deadline,
      );
      // Checked before queueing, so that a call that cannot make it fails at once.
      const ms = await limiter.waitMs();
      if (ms > 0 && !patience.allows(ms)) throw exhausted(ms);
      const waitsFor = freeAt - systemClock.monotonic();
      if (waitsFor > 0) limits.onWait?.(reason, waitsFor);
      queue.add(limits);
      const turn = last.then(() => takeInTurn(limits, patience));
      last = turn.catch(() => {});
      await orTooLong(orAborted(turn, limits), patience, limiter).finally(() => queue.delete(limits));
    },
    pause: (seconds) => limiter.block(Math.min(seconds, maxPauseSeconds)),
  };
}

/** Waits for the turn, unless the call is cancelled or its deadline passes first; nothing was sent then. */
async function orAborted(turn: Promise<void>, limits: Limits): Promise<void> {
  let release = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      release = onDeadline(limits, (reason) => reject(abortError(reason, false)));
      turn.then(resolve, reject);
    });
  } finally {
    release();
  }
}

/** Waits for the turn for as long as the call is willing to wait. That may be until its deadline, which comes first then. */
async function orTooLong(turn: Promise<void>, patience: Deadline, limiter: RateLimiter): Promise<void> {
  let release = () => {};
  const tooLong = new Promise<never>((_, reject) => {
    release = onDeadline({ deadline: patience }, () => {
      limiter.waitMs().then((ms) => reject(exhausted(ms)), reject);
    });
  });
  try {
    await Promise.race([turn, tooLong]);
  } finally {
    release();
  }
}

function exhausted(ms: number): RateLimitedError {
  return new RateLimitedError('The rate limit leaves no request now; nothing was sent.', {
    retryAfterSeconds: Math.ceil(ms / 1000),
  });
}
