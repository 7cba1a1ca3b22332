import { OpenCxError, SilentError } from '../errors.ts';
import { type Limits, wait } from './call-options.ts';

const maxRetries = 2;
const firstBackoffMs = 200;

/** A busy machine or API may take this long. */
const leastSilenceMs = 1000;

/** How much of the remaining time each attempt of a read may be silent; the last one all of it. */
const silenceShares = [1 / 4, 1 / 3];

/**
 * Retries a failed request up to twice, with jitter. A GET is retried after a connection failure, silence, 408, 425, 429
 * or 5xx. Of its time, the first attempt may be silent for a quarter, the second for another one, and the last for the
 * rest: a connection that broke unnoticed must not use up what a new one needs. A write is retried only if the API did not process it: no connection was made, or it answered 429.
 * `Retry-After` is respected; if it exceeds the deadline, the error is thrown.
 */
export async function withRetries<T>(
  method: string,
  limits: Omit<Limits, 'silenceMs'>,
  attempt: (limits: Limits) => Promise<T>,
): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      const share = method === 'GET' ? silenceShares[retries] : undefined;
      const silenceMs =
        share === undefined ? undefined : Math.max(limits.deadline.remainingMs * share, leastSilenceMs);
      return await attempt({ silenceMs, ...limits });
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
  if (error instanceof SilentError) return method === 'GET';
  if (error.kind === 'connection') return method === 'GET' || !error.mayHaveArrived;
  const status = error.status ?? 0;
  return method === 'GET' && (status === 408 || status === 425 || status >= 500);
}

/** Exponential backoff with 50% jitter, added to `Retry-After`. */
function delay(retries: number, retryAfterSeconds = 0): number {
  return retryAfterSeconds * 1000 + firstBackoffMs * 2 ** retries * (0.5 + Math.random());
}
