import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/** Counts a request of a key. @returns the headers that tell the caller where the key stands. */
export type Limit = (keyHash: string) => Promise<Record<string, string>>;

/**
 * A limit of requests a minute and key; 0 counts nothing and tells nothing. On PostgreSQL all processes count
 * together; on SQLite each one counts for itself.
 * `X-RateLimit-Reset` is in whole seconds from now, like `Retry-After`. Source: assumption `rateLimit`.
 * @throws from the returned function: HttpError 429.
 */
export function rateLimit(perMinute: number, store: Store): Limit {
  if (perMinute === 0) return async () => ({});
  const limiter = store.engine.limiter(perMinute, 60);
  return async (keyHash) => {
    try {
      return headersOf(perMinute, await limiter.consume(keyHash));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const headers = headersOf(perMinute, error);
      const seconds = headers['x-ratelimit-reset'] ?? '60';
      throw new HttpError(429, `Over ${perMinute} requests a minute; try again in ${seconds} seconds`, {
        ...headers,
        'retry-after': seconds,
      });
    }
  };
}

function headersOf(perMinute: number, state: RateLimiterRes): Record<string, string> {
  return {
    'x-ratelimit-limit': String(perMinute),
    'x-ratelimit-remaining': String(state.remainingPoints),
    'x-ratelimit-reset': String(Math.max(1, Math.ceil(state.msBeforeNext / 1000))),
  };
}
