import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, TimeoutError } from '../errors.ts';

/** Options of one call. They apply to all its requests, retries and waiting. */
export interface CallOptions {
  /** Aborts the call. With a `TimeoutError` as the reason it counts as a timeout, otherwise as a cancellation. */
  signal?: AbortSignal | undefined;
  /** Time by which the call must end, in milliseconds since 1970. */
  deadline?: number | undefined;
  /** Called before the call waits for the rate budget or for a retry. */
  onWait?: ((reason: string, ms: number) => void) | undefined;
  /** Called after every request with its HTTP status, or undefined without a response. */
  onAnswer?: ((status: number | undefined) => void) | undefined;
}

/** Options of a call that has a deadline. */
export interface Limits extends CallOptions {
  readonly deadline: number;
}

/** Whether a wait of this length ends before the deadline. */
export function fits(ms: number, { deadline }: Limits): boolean {
  return Date.now() + ms < deadline;
}

/**
 * Calls `end` once with the reason when the signal aborts or the deadline passes; immediately if that has already
 * happened. Uses a timer and a listener because Node may garbage-collect an `AbortSignal.timeout` that only
 * `AbortSignal.any` references, and it then never fires. Two signals per request also took 10% of a call's CPU time.
 * @returns a function that clears the timer and the listener.
 */
export function onDeadline({ signal, deadline }: Limits, end: (reason: unknown) => void): () => void {
  const release = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
  const over = (reason: unknown) => {
    release();
    end(reason);
  };
  const cancel = () => over(signal?.reason);
  const late = () => over(new DOMException('The deadline has passed.', 'TimeoutError'));
  const timer = setTimeout(late, Math.max(0, deadline - Date.now()));
  if (signal?.aborted) cancel();
  else if (Date.now() >= deadline) late();
  else signal?.addEventListener('abort', cancel);
  return release;
}

/** Waits between requests. No request is in flight, so an abort means that nothing was sent. */
export async function wait(ms: number, reason: string, { signal, onWait }: Limits): Promise<void> {
  onWait?.(reason, ms);
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    throw endedBy(signal?.reason, false);
  }
}

/** The error for the reason of an abort. */
export function endedBy(reason: unknown, mayHaveArrived: boolean): TimeoutError | CancelledError {
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new TimeoutError('The API did not answer completely in time.', { mayHaveArrived })
    : new CancelledError('The call was cancelled.', { mayHaveArrived });
}
