import type { Dispatcher } from 'undici';
import { z } from '../contract/zod.ts';
import { isOpaque } from './check-input.ts';
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

const Options = z
  .object({
    apiKey: z.string().optional(),
    baseUrl: z.string().optional(),
    timeoutMs: z.number().positive().optional(),
    requestsPerMinute: z.number().int().min(0).optional(),
    rateLimiter: z.unknown(),
    sharedRateLimiter: z.unknown(),
    userAgent: z.string().optional(),
    proxy: z.unknown(),
    dispatcher: z.unknown(),
    fileDispatcher: z.unknown(),
  } satisfies Record<keyof ClientOptions, z.ZodTypeAny>)
  .strict();

/**
 * @throws InvalidRequestError for a value that an option cannot have, and for an option that does not exist: a misspelt
 *   `baseUrl` would lead to the live API.
 */
export function checkOptions(options: unknown): void {
  // Otherwise its own members would be called options that do not exist.
  if (isOpaque(options)) throw new InvalidRequestError('The options must be a plain object.');
  const [issue] = Options.safeParse(options).error?.issues ?? [];
  if (issue === undefined) return;
  if (issue.code === 'unrecognized_keys')
    throw new InvalidRequestError(
      `${issue.keys[0]} is not an option: ${Object.keys(Options.shape).join(', ')}.`,
    );
  throw new InvalidRequestError(`${issue.path.join('.') || 'The options'} ${issue.message}.`);
}
