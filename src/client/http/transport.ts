import type { Dispatcher } from 'undici';
import { systemClock } from '../../time/clock.ts';
import { onDeadline } from '../../time/deadline.ts';
import { InvalidResponseError, SilentError } from '../errors.ts';
import { abortError, type Limits } from './call-options.ts';

/** A request as sent. */
export type HttpRequest = Pick<Dispatcher.DispatchOptions, 'origin' | 'path' | 'method' | 'body' | 'headers'>;

/** A response as received. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** When the headers arrived, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** The body. Empty if the body of an error response is incomplete or too large. */
  readonly text: string;
}

type Head = Omit<HttpResponse, 'text'>;

/** Far above any documented response; bounds memory. */
const maxBodyBytes = 10_000_000;
const maxErrorBodyBytes = 1_000_000;

/**
 * Sends one request and reads the whole response.
 *
 * `onStart` is called right before the first byte is written. undici calls `onRequestStart` once the connection is
 * established (DNS, tunnel, TLS), and does not write a request that is aborted there. If `roundTrip` rejects before
 * `onStart`, nothing was sent and nothing will be.
 * @param limits abort the request at any time, even while undici connects, which undici itself would not.
 * @throws undici's errors; CancelledError, TimeoutError or SilentError at the limits; InvalidResponseError for a 2xx body over 10 MB.
 */
export function roundTrip(
  dispatcher: Dispatcher,
  request: HttpRequest,
  limits: Limits,
  onStart: () => void,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: Head | undefined;
    let started = false;
    let abortReason: Error | undefined;
    let release = () => {};
    const chunks: Buffer[] = [];
    let size = 0;

    const fail = (error: Error) => {
      release();
      // The status of an error response matters more than the failure to read its body.
      if (head !== undefined && !isSuccess(head.status)) resolve({ ...head, text: '' });
      else reject(error);
    };
    const abort = (error: Error) => {
      abortReason = error;
      controller?.abort(error);
      fail(error);
    };
    const releaseDeadline = onDeadline(limits, (reason) => abort(abortError(reason, started)));
    const silence = onSilence(limits.silenceMs, () => abort(silentError(started)));
    release = () => {
      releaseDeadline();
      silence.release();
    };
    if (abortReason) return release();

    // `limits` has the deadline. undici's own timeouts could fire earlier.
    const options: Dispatcher.DispatchOptions = { headersTimeout: 0, bodyTimeout: 0, ...request };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(requestController) {
        if (abortReason) return requestController.abort(abortReason);
        controller = requestController;
        started = true;
        onStart();
      },
      onResponseStart(_, status, headers) {
        silence.restart();
        // After informational ones (1xx), the last head is that of the response.
        head = { status, headers, receivedAt: systemClock.now() };
      },
      onResponseData(_, chunk) {
        silence.restart();
        size += chunk.length;
        chunks.push(chunk);
        const limit = isSuccess((head as Head).status) ? maxBodyBytes : maxErrorBodyBytes;
        if (size > limit) abort(tooLarge(limit));
      },
      onResponseEnd() {
        release();
        resolve({ text: Buffer.concat(chunks).toString('utf8'), ...(head as Head) });
      },
      onResponseError(_, error) {
        fail(error);
      },
    };
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      // A header or path that HTTP does not allow.
      fail(error as Error);
    }
  });
}

/** Calls `end` when `ms` have passed since the start or the last `restart`; never if `ms` is undefined. */
function onSilence(ms: number | undefined, end: () => void): { restart: () => void; release: () => void } {
  if (ms === undefined) return { restart: () => {}, release: () => {} };
  const timer = setTimeout(end, ms);
  return { restart: () => void timer.refresh(), release: () => clearTimeout(timer) };
}

const isSuccess = (status: number) => status < 300;

const silentError = (mayHaveArrived: boolean) =>
  new SilentError('The API did not answer in time.', { mayHaveArrived });

const tooLarge = (bytes: number) =>
  new InvalidResponseError(`The API's answer is larger than ${bytes / 1_000_000} MB; it was not read.`);
