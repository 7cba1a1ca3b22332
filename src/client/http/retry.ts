import { OpenCxError } from '../errors.ts';
import { type Limits, wait } from './call-options.ts';

const maxRetries = 2;
const firstBackoffMs = 200;

/**
 * Retries a failed request up to twice, with jitter. A GET is retried after a connection failure, 408, 425, 429 or
 * 5xx. A write is retried only if the API did not process it: no connection was made, or it answered 429.
 * `Retry-After` is respected; if it exceeds the deadline, the error is thrown.
 */
export async function withRetries<T>(method: string, limits: Limits, attempt: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (retries === maxRetries || !(error instanceof OpenCxError) || !mayRetry(method, error)) throw error;
      const ms = delay(retries, error.retryAfterSeconds);
      if (!limits.deadline.allows(ms) || isTooLong(ms, error, limits)) throw error;
      await wait(ms, 'to retry a failed request', limits);
    }
  }
}

/** The wait for this client's own budget is over when it fails, so it is not repeated. */
function isTooLong(ms: number, { kind, status }: OpenCxError, { maxWaitMs }: Limits): boolean {
  return kind === 'rate_limited' && maxWaitMs !== undefined && (status === undefined || ms > maxWaitMs);
}

function mayRetry(method: string, error: OpenCxError): boolean {
  if (error.kind === 'rate_limited') return true;
  if (error.kind === 'connection') return method === 'GET' || !error.mayHaveArrived;
  const status = error.status ?? 0;
  return method === 'GET' && (status === 408 || status === 425 || status >= 500);
}

/** Exponential backoff with 50% jitter, added to `Retry-After`. */
function delay(retries: number, retryAfterSeconds = 0): number {
  return retryAfterSeconds * 1000 + firstBackoffMs * 2 ** retries * (0.5 + Math.random());
}
