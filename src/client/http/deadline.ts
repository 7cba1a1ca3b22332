import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, TimeoutError } from '../errors.ts';

/** What bounds one call, all its requests and waiting included. */
export interface CallOptions {
  /** Aborts the call; a `TimeoutError` as its reason counts as a deadline, anything else as a cancellation. */
  signal?: AbortSignal | undefined;
  /** Moment by which the call must be over, in milliseconds since 1970. */
  deadline?: number | undefined;
  /** Told before the call waits: for the rate budget, or to repeat a request. */
  onWait?: ((reason: string, ms: number) => void) | undefined;
  /** Told of every answer: its HTTP status, or undefined when none came. */
  onAnswer?: ((status: number | undefined) => void) | undefined;
}

/** The options of a call whose deadline is settled. */
export interface Limits extends CallOptions {
  readonly deadline: number;
}

/** Whether a wait of this length would end before the call must. */
export function fits(ms: number, { deadline }: Limits): boolean {
  return Date.now() + ms < deadline;
}

/**
 * Calls `end`, at most once, as soon as the call's own signal aborts or its deadline passes, with the reason; at once
 * where that has happened. It is a timer and a listener, not a signal of its own: Node may collect an
 * `AbortSignal.timeout` that is only held by `AbortSignal.any` as garbage, which then never fires, and two signals a
 * request were a tenth of what a call computes.
 * @returns what lets go of the timer and of the call's signal.
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

/** Waits; nothing is under way meanwhile, so an abort proves that nothing was sent. */
export async function wait(ms: number, reason: string, { signal, onWait }: Limits): Promise<void> {
  onWait?.(reason, ms);
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    throw endedBy(signal?.reason, false);
  }
}

/** The error of an aborted signal. A signal aborted before the request began proves that nothing was sent. */
export function endedBy(reason: unknown, mayHaveArrived: boolean): TimeoutError | CancelledError {
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new TimeoutError('The API did not answer completely in time.', { mayHaveArrived })
    : new CancelledError('The call was cancelled.', { mayHaveArrived });
}
