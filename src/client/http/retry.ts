import { OpenCxError } from '../errors.ts';
import { type Limits, wait } from './call-options.ts';

const maxRepeats = 2;
const firstBackoffMs = 200;

/**
 * Repeats a request that failed, where that can do no harm: a GET after a connection failure, 408, 425, 429 or 5xx;
 * anything else only when it certainly never reached the server's logic (no connection came about, 429). At
 * most twice, with jitter; `Retry-After` is honoured when it fits the deadline, and otherwise the error stands.
 */
export async function withRetries<T>(method: string, limits: Limits, attempt: () => Promise<T>): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (repeats === maxRepeats || !(error instanceof OpenCxError) || !mayRepeat(method, error)) throw error;
      const ms = delay(repeats, error.retryAfterSeconds);
      if (!limits.deadline.allows(ms)) throw error;
      await wait(ms, 'to repeat a request that failed', limits);
    }
  }
}

function mayRepeat(method: string, error: OpenCxError): boolean {
  if (error.kind === 'rate_limited') return true;
  if (error.kind === 'connection') return method === 'GET' || !error.mayHaveArrived;
  const status = error.status ?? 0;
  return method === 'GET' && (status === 408 || status === 425 || status >= 500);
}

/** Between half and one and a half times the backoff, on top of what the API asked for. */
function delay(repeats: number, retryAfterSeconds = 0): number {
  return retryAfterSeconds * 1000 + firstBackoffMs * 2 ** repeats * (0.5 + Math.random());
}
