import { systemClock } from '../../time/clock.ts';
import {
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  type OpenCxError,
  RateLimitedError,
  TooLargeError,
  UnauthenticatedError,
  UpstreamError,
} from '../errors.ts';
import { readMessage } from './error-message.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The error that a non-2xx answer stands for. Error bodies may lack any field, or be no JSON at all.
 * @param apiKey redacted in what is quoted of the body.
 * @param method a write that is redirected by 301, 302 or 303 may have been done; 307 and 308 ask to do it elsewhere.
 */
export function errorFromResponse(
  method: string,
  status: number,
  headers: Headers,
  body: string,
  apiKey: string,
): OpenCxError {
  const details = {
    status,
    apiMessage: readMessage(body, apiKey),
    requestId: headerText(headers['x-request-id']),
    retryAfterSeconds: readRetryAfter(headers),
  };
  const text = `The API answered ${status}.`;
  switch (status) {
    case 401:
      return new UnauthenticatedError(text, details);
    case 403:
      return new ForbiddenError(text, details);
    case 404:
      return new NotFoundError(text, details);
    case 413:
      return new TooLargeError(text, details);
    case 429:
      return new RateLimitedError(text, details);
    case 408:
      return new UpstreamError(text, { ...details, mayHaveArrived: true });
    case 425:
      return new UpstreamError(text, { ...details, mayHaveArrived: false });
  }
  if (status >= 500) return new UpstreamError(text, { ...details, mayHaveArrived: true });
  if (status >= 400) return new InvalidRequestError(text, details);
  return new UpstreamError(`The API answered ${status}, a redirect; it was not followed.`, {
    ...details,
    mayHaveArrived: method !== 'GET' && status < 304,
  });
}

/** Nobody waits longer for an answer, and a timer holds no more than 24 days. */
const longestWaitSeconds = 86_400;

/** Seconds or an HTTP date, as RFC 9110 section 10.2.3 allows; at most a day. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), longestWaitSeconds);
  const at = Date.parse(value);
  const from = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  const seconds = Math.ceil((at - (Number.isNaN(from) ? systemClock.now() : from)) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), longestWaitSeconds);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
