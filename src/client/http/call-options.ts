import { systemClock } from '../../time/clock.ts';
import type { Deadline } from '../../time/deadline.ts';
import { isPlainObject } from '../check-input.ts';
import { CancelledError, InvalidRequestError, TimeoutError } from '../errors.ts';

/** One request to the API: which it is, without anything that it is about. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** The path with names in place of ids: `/chat/sessions/{session_id}`. */
  readonly route: string;
  /** Scheme, host and port of the API. */
  readonly origin: string;
  /** How often it was sent before. */
  readonly repeats: number;
}

/** How a request ended: with the HTTP status of its answer, or with an error if none came. */
export interface ApiRequestEnd {
  readonly status: number | undefined;
  /** The name of the error that the request failed with. */
  readonly error?: string | undefined;
}

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
  /** Called before every request. It returns a function that is called at its end. */
  onRequest?: ((request: ApiRequest) => (end: ApiRequestEnd) => void) | undefined;
}

const optionNames: Readonly<Record<keyof CallOptions, true>> = {
  signal: true,
  deadline: true,
  person: true,
  maxWaitMs: true,
  onWait: true,
  onStart: true,
  onRequest: true,
};

/**
 * Checks what a program without types may pass: a call whose signal or deadline is none could not be ended.
 * @throws InvalidRequestError for an option that does not exist, and for a value that it cannot have.
 */
export function checkCallOptions(options: CallOptions): void {
  const problem = problemOf(options);
  if (problem !== undefined) throw new InvalidRequestError(`${problem}. Nothing was sent.`);
}

function problemOf(options: CallOptions): string | undefined {
  if (!isPlainObject(options)) return 'The options of a call must be a plain object, such as { signal }';
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined)
    return `${unknown} is not an option of a call: ${Object.keys(optionNames).join(', ')}`;
  const { signal, deadline } = options as CallOptions;
  if (signal !== undefined && typeof signal?.removeEventListener !== 'function')
    return 'signal must be an AbortSignal, such as the signal of an AbortController';
  if (deadline !== undefined && typeof deadline?.remainingMs !== 'number')
    return 'deadline must be a Deadline, such as Deadline.after(5_000)';
  for (const name of ['onWait', 'onStart', 'onRequest'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      return `${name} must be a function`;
  return undefined;
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
