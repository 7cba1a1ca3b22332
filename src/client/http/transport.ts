import type { Dispatcher } from 'undici';
import { systemClock } from '../../time/clock.ts';
import { onDeadline } from '../../time/deadline.ts';
import { InvalidResponseError } from '../errors.ts';
import { abortError, type Limits } from './call-options.ts';

/** A request as it is put on the wire. */
export type Outgoing = Pick<Dispatcher.DispatchOptions, 'origin' | 'path' | 'method' | 'body' | 'headers'>;

/** An answer as it came. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** When its head came, in milliseconds since 1970; its body may have taken long. */
  readonly headAt: number;
  /** Empty where a failure did not explain itself completely: its status says what matters. */
  readonly text: string;
}

/** An answer larger than this is not one the documents describe; reading on would only cost memory. */
const maxBodyBytes = 10_000_000;
const maxErrorBodyBytes = 1_000_000;

/**
 * Sends one request and reads its answer whole.
 *
 * `onLeave` is called before the first byte of the request can leave, and only then. undici calls `onRequestStart` on
 * a connection that stands (name resolved, tunnel open, TLS agreed), immediately before it writes; a request aborted
 * there is not written. So a failure before `onLeave` proves that nothing left, and nothing leaves after it either.
 * @param limits end the exchange at once, also while undici still connects, which it would not interrupt itself.
 * @throws what undici gives as the reason; CancelledError or TimeoutError at the limits; InvalidResponseError for a
 * success larger than 10 MB.
 */
export function roundTrip(
  dispatcher: Dispatcher,
  request: Outgoing,
  limits: Limits,
  onLeave: () => void,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: Omit<Incoming, 'text'> | undefined;
    let left = false;
    let ended: Error | undefined;
    let release = () => {};
    const chunks: Buffer[] = [];
    let size = 0;

    const fail = (error: Error) => {
      release();
      const failed = head !== undefined && !isSuccess(head.status);
      if (failed) resolve({ ...head, text: '' } as Incoming);
      else reject(error);
    };
    const abort = (error: Error) => {
      ended = error;
      controller?.abort(error);
      fail(error);
    };
    release = onDeadline(limits, (reason) => abort(abortError(reason, left)));
    if (ended) return;

    // The limits are the only clock: undici's own would fire first on a long call.
    const options: Dispatcher.DispatchOptions = { ...request, headersTimeout: 0, bodyTimeout: 0 };
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        if (ended) return started.abort(ended);
        controller = started;
        left = true;
        onLeave();
      },
      onResponseStart(_, status, headers) {
        // 1xx only announces the answer.
        if (status >= 200) head = { status, headers, headAt: systemClock.now() };
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        chunks.push(chunk);
        const limit = isSuccess(head?.status ?? 0) ? maxBodyBytes : maxErrorBodyBytes;
        if (size > limit) abort(tooLarge(limit));
      },
      onResponseEnd() {
        release();
        resolve({ ...(head as Incoming), text: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_, error) {
        fail(error);
      },
    });
  });
}

const isSuccess = (status: number) => status >= 200 && status < 300;

const tooLarge = (bytes: number) =>
  new InvalidResponseError(`The API's answer is larger than ${bytes / 1_000_000} MB; it was not read.`);
