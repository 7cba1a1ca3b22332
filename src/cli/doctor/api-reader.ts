import { OpenCxError, RateLimitedError } from '../../client/errors.ts';
import { connectionError } from '../../client/http/connection-error.ts';
import { createConnectionPools, type ProxySettings } from '../../client/http/connection-pools.ts';
import { roundTrip } from '../../client/http/transport.ts';
import { createRateBudget } from '../../client/rate-budget.ts';
import { Deadline } from '../../time/deadline.ts';

/** A response of any status, with the details that the client leaves out. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
  /** Midpoint of the request, by this machine's clock, in epoch milliseconds. */
  readonly at: number;
}

/** Sends GET requests to the API. */
export interface ApiReader {
  /**
   * @param query pairs, because a name may occur twice.
   * @param key overrides the configured one.
   * @throws OpenCxError when no response arrives, or when further requests would burden the API.
   */
  get(path: string, query?: readonly (readonly [string, string])[], key?: string): Promise<ApiResponse>;
  close(): Promise<void>;
}

const requestTimeoutMs = 15_000;

/** The probe needs about 30. The limit keeps a bug from flooding the API. */
const maxRequests = 40;

/** Requests of the rate limit left to the server, which may be using the same key. */
const reservedRequests = 10;

export async function createApiReader(
  target: { baseUrl: string; apiKey: string; userAgent: string; requestsPerMinute: number },
  proxy: ProxySettings,
): Promise<ApiReader> {
  const { reads, writes } = await createConnectionPools(target.baseUrl, proxy);
  const budget = await createRateBudget(target.requestsPerMinute);
  let requests = 0;
  let stopReason: string | undefined;

  return {
    async get(path, query = [], key = target.apiKey) {
      if (requests >= maxRequests) stopReason = `the limit of ${maxRequests} requests is reached`;
      if (stopReason !== undefined) throw new RateLimitedError(`Not checked: ${stopReason}.`);
      requests += 1;
      const url = new URL(target.baseUrl + path);
      for (const [name, value] of query) url.searchParams.append(name, value);
      const deadline = Deadline.after(requestTimeoutMs);
      await budget.take({ deadline });
      let requestStarted = false;
      const started = performance.now();
      try {
        const headers = {
          authorization: `Bearer ${key}`,
          accept: 'application/json',
          'user-agent': target.userAgent,
        };
        const { origin, pathname, search } = url;
        const request = { method: 'GET', origin, path: pathname + search, headers, body: null } as const;
        const response = await roundTrip(reads, request, { deadline }, () => {
          requestStarted = true;
        });
        const ms = performance.now() - started;
        stopReason = reasonToStop(response);
        return { ...response, ms, at: Date.now() - ms / 2 };
      } catch (error) {
        throw error instanceof OpenCxError ? error : connectionError(error, requestStarted);
      }
    },
    async close() {
      await Promise.all([reads.destroy(), writes.destroy()]);
    },
  };
}

function reasonToStop({ status, headers }: Pick<ApiResponse, 'status' | 'headers'>): string | undefined {
  if (status === 429) return 'the API returned 429 (rate limit reached)';
  const { remaining } = readRateLimit(headers);
  return remaining !== undefined && remaining < reservedRequests
    ? `only ${remaining} requests are left in this minute`
    : undefined;
}

/** Reads the X-RateLimit headers, as far as they are present. */
export function readRateLimit(headers: ApiResponse['headers']): {
  limit?: number | undefined;
  remaining?: number | undefined;
  reset?: number | undefined;
} {
  const read = (name: string) => {
    const value = headers[`x-ratelimit-${name}`];
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  return { limit: read('limit'), remaining: read('remaining'), reset: read('reset') };
}
