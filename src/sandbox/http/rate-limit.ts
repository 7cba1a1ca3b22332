import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/** Counts a request of a key. @returns the `X-RateLimit-*` headers. @throws HttpError 429 over the limit. */
export type RateLimit = (keyHash: string) => Promise<Record<string, string>>;

/**
 * Limits the requests per minute and key; 0 = no limit and no headers. On PostgreSQL all processes share a count; on
 * SQLite each process counts for itself. `X-RateLimit-Reset` is in whole seconds from now, like `Retry-After`.
 * Source: assumptions `rateLimit`, `rateHeaders`.
 */
export function rateLimit(perMinute: number, store: Store): RateLimit {
  if (perMinute === 0) return async () => ({});
  const limiter = store.engine.limiter(perMinute, 60);
  return async (keyHash) => {
    try {
      return headersOf(perMinute, await limiter.consume(keyHash));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const headers = headersOf(perMinute, error);
      const seconds = headers['x-ratelimit-reset'] ?? '60';
      throw new HttpError(
        429,
        `Rate limit of ${perMinute} requests per minute exceeded; retry in ${seconds} seconds`,
        {
          ...headers,
          'retry-after': seconds,
        },
      );
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
