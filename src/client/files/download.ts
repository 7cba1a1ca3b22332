import type { Dispatcher } from 'undici';
import { onDeadline } from '../../time/deadline.ts';
import { CancelledError } from '../errors.ts';
import type { Limits } from '../http/call-options.ts';
import { NotPublicError } from './file-pool.ts';

/** Why a file was not read, beside the reasons of `FileOutcome` that concern its address. */
export type DownloadProblem =
  /** Larger than the limit. */
  | 'too_large'
  /** Compressed, although the request does not allow it: its size would not be bounded. */
  | 'encoded'
  /** Its first bytes are not of a kind that is wanted. */
  | 'unwanted'
  /** It did not arrive in time. */
  | 'timeout'
  /** No connection, or one that broke. */
  | 'unreachable'
  /** The name resolves to addresses that are not public. */
  | 'not_public';

export type Download =
  | { readonly state: 'read'; readonly bytes: Buffer; readonly declaredType: string | undefined }
  | { readonly state: 'redirect'; readonly location: string }
  | { readonly state: 'refused'; readonly status: number }
  | { readonly state: 'failed'; readonly problem: DownloadProblem; readonly head?: Buffer };

interface Wanted {
  readonly maxBytes: number;
  /** Whether a file that begins like this is worth reading. Asked once, with at least 512 bytes or all there are. */
  accepts(head: Buffer): boolean;
}

const headBytes = 512;

/**
 * Makes one request for a file, without credentials and without following redirects. Reads no more than it needs.
 * @throws CancelledError when the caller aborts.
 */
export function download(
  dispatcher: Dispatcher,
  { origin, pathname, search }: URL,
  userAgent: string,
  { maxBytes, accepts }: Wanted,
  limits: Limits,
): Promise<Download> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    let isComplete = false;
    let declaredType: string | undefined;
    let isAccepted = false;
    let size = 0;
    const chunks: Buffer[] = [];
    let release = () => {};

    const finish = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      release();
      settle();
      if (!isComplete) controller?.abort(new Error('The rest of the file is not wanted.'));
    };
    const end = (result: Download) => finish(() => resolve(result));
    const fail = (problem: DownloadProblem, head?: Buffer) =>
      end({ state: 'failed', problem, ...(head ? { head } : {}) });
    const checkHead = () => {
      if (isAccepted || isOver) return;
      const head = Buffer.concat(chunks);
      isAccepted = accepts(head);
      if (!isAccepted) fail('unwanted', head);
    };

    release = onDeadline(limits, (reason) => {
      if (reason instanceof Error && reason.name === 'TimeoutError') return fail('timeout');
      finish(() => reject(new CancelledError('The call was cancelled.', { mayHaveArrived: true })));
    });
    if (isOver) return;
    const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': userAgent };
    // `limits` has the deadline.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        if (isOver) return started.abort(new Error('The file is no longer wanted.'));
        controller = started;
      },
      onResponseStart(_, status, fields) {
        if (status < 200) return;
        const { location, 'content-length': length, 'content-encoding': encoding } = fields;
        declaredType = textOf(fields['content-type']);
        if (status >= 300 && status < 400 && location !== undefined)
          return end({ state: 'redirect', location: textOf(location) ?? '' });
        if (status >= 300) return end({ state: 'refused', status });
        if (!/^(?:identity)?$/i.test(textOf(encoding) ?? '')) return fail('encoded');
        if (Number(textOf(length)) > maxBytes) return fail('too_large');
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        if (size > maxBytes) return fail('too_large');
        chunks.push(chunk);
        if (size >= headBytes) checkHead();
      },
      onResponseEnd() {
        isComplete = true;
        checkHead();
        end({ state: 'read', bytes: Buffer.concat(chunks), declaredType });
      },
      onResponseError(_, error) {
        fail(isNotPublic(error) ? 'not_public' : 'unreachable');
      },
    };
    try {
      dispatcher.dispatch({ origin, path: pathname + search, method: 'GET', headers, ...timeouts }, handler);
    } catch {
      // A path that HTTP does not allow.
      fail('unreachable');
    }
  });
}

function textOf(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? field[0] : field;
}

function isNotPublic(error: unknown): boolean {
  return error instanceof NotPublicError || (error instanceof Error && error.cause instanceof NotPublicError);
}
