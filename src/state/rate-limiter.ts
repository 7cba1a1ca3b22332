/**
 * The limiter under the client's rate budget. The client declares the interface, because programs use it without this
 * room; limiters that several processes share are implemented here.
 */
export type { RateLimiter, SharedRateLimiter } from '../client/rate-limiter.ts';
