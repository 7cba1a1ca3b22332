import type { SharedRateLimiter } from '../client/rate-limiter.ts';

/**
 * The limiter under the client's rate budget. The client declares the interface, because programs use it without this
 * room; limiters that several processes share are implemented here.
 */
export type { RateLimiter, SharedRateLimiter } from '../client/rate-limiter.ts';

/** A shared budget that says how much of it is left. */
export interface TeamRateLimiter extends SharedRateLimiter {
  /** Requests that may still be sent now, by all people together. None while the API wants to be left alone. */
  remaining(): Promise<number>;
}
