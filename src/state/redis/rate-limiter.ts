import { createHash, randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../time/clock.ts';
import { FairBudget, windowMs } from '../fair-budget.ts';
import type { TeamRateLimiter } from '../rate-limiter.ts';
import { budgetScript } from './budget-script.ts';
import type { Connection } from './connection.ts';

export interface RedisRateLimiterOptions {
  readonly connection: Connection;
  readonly prefix: string;
  readonly account: string;
  readonly perMinute: number;
  /** How many replicas there are, as far as is known. */
  readonly replicas: () => number;
  readonly clock?: Clock;
  /** The time for Redis, in milliseconds. By default Redis takes its own, because the clocks of replicas differ. */
  readonly now?: (() => number) | undefined;
}

type Action = 'take' | 'wait' | 'block' | 'look';

interface Answer {
  readonly wait: number;
  readonly total: number;
  /** Names the records in Redis. Another name means that they were lost. */
  readonly records: string;
}

const any = '';

/**
 * After records were lost, each replica keeps to its share for this long. Until then the others have reported what they took:
 * they look at least every five seconds.
 */
export const settleMs = 10_000;

export interface RedisRateLimiter extends TeamRateLimiter {
  /** Reports what this replica took, if Redis does not know it. */
  check(): Promise<void>;
}

/**
 * A limiter whose requests are counted in Redis, so that replicas together never take more than the budget.
 *
 * rate-limiter-flexible does not fit: it counts a fixed minute for one key, so that twice the budget can be taken around its
 * end, and it cannot decide about a budget and a person's share in one step.
 *
 * Each replica also counts its own requests. While Redis is away, it allows itself an equal share of the budget, less what
 * it took before. When Redis is back, or has lost its records, each replica reports what it took within the last minute.
 */
export function redisRateLimiter(options: RedisRateLimiterOptions): RedisRateLimiter {
  const { connection, prefix, account, perMinute, replicas, clock = systemClock, now } = options;
  const base = `${prefix}budget:${hash(account)}`;
  const keys = ['taken', 'counts', 'refused', 'block', 'records'].map((name) => `${base}:${name}`);
  const own = new FairBudget(clock);
  let records = any;
  /** Whether Redis may not know all that this replica took. */
  let owesReport = false;
  let settlesUntil = Number.NEGATIVE_INFINITY;
  /** What was left when Redis last answered: for the minute after it, no share is larger. */
  let last: { readonly left: number; readonly own: number; readonly at: number } | undefined;

  /** @returns undefined if Redis did not know what this replica took; it was told, and nothing else was done. */
  async function run(
    action: Action,
    person = '',
    id = randomUUID(),
    blockMs = 0,
  ): Promise<Answer | undefined> {
    const answer = await send([action, person, id, blockMs, owesReport ? 'report' : records]);
    records = answer.records;
    if (answer.wait < 0) {
      settlesUntil = clock.monotonic() + settleMs;
      const members = own.taken().flatMap((one) => [`${one.id} ${one.person}`, Math.floor(one.ageMs)]);
      await send(['report', person, id, 0, any, ...members]);
      owesReport = false;
      return undefined;
    }
    last = { left: Math.max(0, perMinute - answer.total), own: own.count(), at: clock.monotonic() };
    return answer;
  }

  async function send([action, ...values]: [Action | 'report', ...(string | number)[]]): Promise<Answer> {
    const answer = await connection.script(budgetScript, keys, [action, now?.() ?? '', perMinute, ...values]);
    const [wait, total, name] = answer as [number, number, string];
    return { wait, total, records: name };
  }

  const equalShare = () => Math.max(1, Math.floor(perMinute / Math.max(1, replicas())));

  /** What this replica may take within a minute while Redis is away. */
  function share(): number {
    if (last === undefined || clock.monotonic() - last.at >= windowMs) return equalShare();
    return Math.min(equalShare(), last.own + Math.floor(last.left / Math.max(1, replicas())));
  }

  async function ask(action: 'take' | 'wait', person: string): Promise<number> {
    const id = randomUUID();
    try {
      // Records that are lost again and again are no records.
      for (let tries = 0; tries < 3; tries += 1) {
        const settles = settlesUntil - clock.monotonic();
        const ms = settles > 0 ? own.waitMs(person, equalShare()) : 0;
        if (ms > 0) return Math.ceil(Math.min(ms, settles));
        const answer = await run(action, person, id);
        if (answer === undefined) continue;
        if (action === 'take' && answer.wait === 0) own.add(person, id);
        return answer.wait;
      }
    } catch {
      // Below. The request may have been taken without an answer; then it counts twice, for a minute.
    }
    owesReport = true;
    const limit = share();
    // Until the last known minute of the shared budget is over.
    if (limit === 0) return Math.max(1, Math.ceil((last?.at ?? 0) + windowMs - clock.monotonic()));
    return action === 'take' ? own.take(person, limit, id) : own.waitMs(person, limit);
  }

  return {
    of(name) {
      const person = hash(name);
      return {
        take: () => ask('take', person),
        waitMs: () => ask('wait', person),
        async block(seconds) {
          own.block(seconds * 1000);
          const block = () => run('block', person, randomUUID(), seconds * 1000);
          await block()
            .then((answer) => answer ?? block())
            .catch(() => {
              owesReport = true;
            });
        },
      };
    },
    async remaining() {
      try {
        const answer = (await run('look')) ?? (await run('look'));
        if (answer !== undefined) return answer.wait > 0 ? 0 : Math.max(0, perMinute - answer.total);
      } catch {
        // Then this replica's share counts.
      }
      return own.remaining(share());
    },
    async check() {
      if (owesReport || own.count() > 0) await run('look');
    },
  };
}

/** Neither keys of the API nor names of people belong into Redis. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
