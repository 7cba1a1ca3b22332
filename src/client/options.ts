import type { Dispatcher } from 'undici';
import { InvalidRequestError } from './errors.ts';
import type { ProxySettings } from './http/connection-pools.ts';
import type { RateLimiter, SharedRateLimiter } from './rate-limiter.ts';

export interface ClientOptions {
  /** Created in the dashboard under Settings, Access. Without a key, every call throws `NoKeyError`. */
  apiKey?: string | undefined;
  /** Default `https://api.open.cx`. */
  baseUrl?: string | undefined;
  /** Time limit of one call in milliseconds, retries and waiting included. Default 50,000. */
  timeoutMs?: number;
  /** Requests per minute that this client sends at most; 0 = no limit. Default 100, the documented limit. */
  requestsPerMinute?: number;
  /** Replaces `requestsPerMinute`: a limiter that several clients share. */
  rateLimiter?: RateLimiter;
  /** Replaces `requestsPerMinute`: a limiter that several people share. `CallOptions.person` says who calls. */
  sharedRateLimiter?: SharedRateLimiter;
  userAgent?: string;
  proxy?: ProxySettings;
  /** Sends every request, in place of the client's own pools. `close` does not close it. */
  dispatcher?: Dispatcher;
  /** Fetches files from other hosts, in place of the client's own pool. `close` does not close it. */
  fileDispatcher?: Dispatcher;
}

const optionNames: Readonly<Record<keyof ClientOptions, true>> = {
  apiKey: true,
  baseUrl: true,
  timeoutMs: true,
  requestsPerMinute: true,
  rateLimiter: true,
  sharedRateLimiter: true,
  userAgent: true,
  proxy: true,
  dispatcher: true,
  fileDispatcher: true,
};

/** @throws InvalidRequestError for an option that does not exist: a misspelt `baseUrl` would lead to the live API. */
export function refuseUnknownOptions(options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown === undefined) return;
  throw new InvalidRequestError(`${unknown} is not an option: ${Object.keys(optionNames).join(', ')}.`);
}
