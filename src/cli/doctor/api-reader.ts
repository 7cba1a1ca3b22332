import { OpenCxError, RateLimitedError } from '../../client/errors.ts';
import { connectionError } from '../../client/http/connection-error.ts';
import { createConnectionPools, type ProxySettings } from '../../client/http/connection-pools.ts';
import { roundTrip } from '../../client/http/transport.ts';
import { createRateBudget } from '../../client/rate-budget.ts';
import { Deadline } from '../../time/deadline.ts';

/** An answer with all that the client of the tools does not look at. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
  /** The middle of the sendRequest, by this machine's clock. */
  readonly at: number;
}

/** Asks the API by GET, and by nothing else. */
export interface Asker {
  /**
   * @param query pairs, because a name may be there twice.
   * @param key another one than the configured.
   * @throws OpenCxError when no answer comes, or when asking further would burden the API.
   */
  get(path: string, query?: readonly (readonly [string, string])[], key?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Of one request. */
const timeoutMs = 15_000;

/** With the probe two dozen; a fault of ours must not become a flood. */
const mostRequests = 40;

/** So many are left to the server itself, which may be at work with the same key. */
const leftToOthers = 10;

export async function createAsker(
  target: { baseUrl: string; apiKey: string; userAgent: string; requestsPerMinute: number },
  proxy: ProxySettings,
): Promise<Asker> {
  const { reads, writes } = await createConnectionPools(target.baseUrl, proxy);
  const budget = await createRateBudget(target.requestsPerMinute);
  let asked = 0;
  let refusal: string | undefined;

  return {
    async get(path, query = [], key = target.apiKey) {
      if (asked >= mostRequests) refusal = `${mostRequests} requests were made`;
      if (refusal !== undefined) throw new RateLimitedError(`Not asked: ${refusal}.`);
      asked += 1;
      const url = new URL(target.baseUrl + path);
      for (const [name, value] of query) url.searchParams.append(name, value);
      const deadline = Deadline.after(timeoutMs);
      await budget.take({ deadline });
      let left = false;
      const started = performance.now();
      try {
        const headers = {
          authorization: `Bearer ${key}`,
          accept: 'application/json',
          'user-agent': target.userAgent,
        };
        const { origin, pathname, search } = url;
        const request = { method: 'GET', origin, path: pathname + search, headers, body: null } as const;
        const answer = await roundTrip(reads, request, { deadline }, () => {
          left = true;
        });
        const ms = performance.now() - started;
        refusal = refusalIn(answer);
        return { ...answer, ms, at: Date.now() - ms / 2 };
      } catch (error) {
        throw error instanceof OpenCxError ? error : connectionError(error, left);
      }
    },
    async close() {
      await Promise.all([reads.destroy(), writes.destroy()]);
    },
  };
}

function refusalIn({ status, headers }: Pick<Answer, 'status' | 'headers'>): string | undefined {
  if (status === 429) return 'the API answered 429, its rate limit is used up';
  const remaining = rateOf(headers).remaining;
  return remaining !== undefined && remaining < leftToOthers
    ? `only ${remaining} requests are left in this minute`
    : undefined;
}

/** The usual headers of a rate limit, where an answer has them. */
export function rateOf(headers: Answer['headers']): {
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
