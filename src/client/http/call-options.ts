import { systemClock } from '../../time/clock.ts';
import type { Deadline } from '../../time/deadline.ts';
import { CancelledError, TimeoutError } from '../errors.ts';

/** Limits of one call, including all its requests, repeats and waiting. */
export interface CallOptions {
  /** Aborts the call. A `TimeoutError` as its reason counts as a deadline, anything else as a cancellation. */
  signal?: AbortSignal | undefined;
  /** When the call must be over, if that is earlier than the client's own timeout: `Deadline.after(5_000)`. */
  deadline?: Deadline | undefined;
  /** Whoever the call is made for, if the client's budget is shared by several people. */
  person?: string | undefined;
  /**
   * Longest wait for the rate budget, or after a 429, in milliseconds. If it would take longer the call fails at once
   * with a `RateLimitedError`. Without it a call waits as long as its deadline allows.
   */
  maxWaitMs?: number | undefined;
  /** Called before the call waits: for the rate budget, or to repeat a request. */
  onWait?: ((reason: string, ms: number) => void) | undefined;
  /** Called right before the first byte of a request may leave. */
  onStart?: ((method: 'GET' | 'POST' | 'PATCH') => void) | undefined;
  /** Called for every request: with the HTTP status of its answer, or undefined if none came. */
  onAnswer?: ((status: number | undefined) => void) | undefined;
}

/** The options of a call whose deadline is known. */
export interface Limits extends CallOptions {
  readonly deadline: Deadline;
  /** How long the other side may be silent, in milliseconds; by default until the deadline. */
  readonly silenceMs?: number | undefined;
}

/** Waits. No request is open meanwhile, so an abort proves that nothing was sent. */
export async function wait(ms: number, reason: string, { signal, onWait }: Limits): Promise<void> {
  onWait?.(reason, ms);
  try {
    await systemClock.sleep(ms, signal);
  } catch {
    throw abortError(signal?.reason, false);
  }
}

/**
 * The error of a call that was aborted.
 * @param mayHaveArrived whether the request may have reached the API.
 */
export function abortError(reason: unknown, mayHaveArrived: boolean): TimeoutError | CancelledError {
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new TimeoutError('The API did not answer completely in time.', { mayHaveArrived })
    : new CancelledError('The call was cancelled.', { mayHaveArrived });
}
