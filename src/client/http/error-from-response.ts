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
 * The error for a non-2xx response.
 * @param method decides about redirects: a write may have been processed before a 301, 302 or 303, but not before a
 * 307 or 308 (RFC 9110 section 15.4).
 * @param apiKey redacted in the quoted error message.
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
    requestId: headerText(headers['x-request-id']) || undefined,
    retryAfterSeconds: readRetryAfter(headers),
  };
  const message = `The API answered ${status}.`;
  switch (status) {
    case 401:
      return new UnauthenticatedError(message, details);
    case 403:
      return new ForbiddenError(message, details);
    case 404:
      return new NotFoundError(message, details);
    case 413:
      return new TooLargeError(message, details);
    case 429:
      return new RateLimitedError(message, details);
    case 408:
      return new UpstreamError(message, { ...details, mayHaveArrived: true });
    case 425:
      return new UpstreamError(message, { ...details, mayHaveArrived: false });
  }
  if (status >= 500) return new UpstreamError(message, { ...details, mayHaveArrived: true });
  if (status >= 400) return new InvalidRequestError(message, details);
  return new UpstreamError(`The API answered ${status}, a redirect; it was not followed.`, {
    ...details,
    mayHaveArrived: method !== 'GET' && status < 304,
  });
}

/** One day. Node's timers overflow after 24 days. */
const maxRetryAfterSeconds = 86_400;

/** Seconds or an HTTP date (RFC 9110 section 10.2.3), at most one day. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headerText(headers['retry-after']);
  if (/^\d+$/.test(value)) return Math.min(Number(value), maxRetryAfterSeconds);
  const at = Date.parse(value);
  const from = Date.parse(headerText(headers['date']));
  const seconds = Math.ceil((at - (Number.isNaN(from) ? systemClock.now() : from)) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), maxRetryAfterSeconds);
}

/** Its first value; empty if there is none. */
function headerText(value: string | string[] = ''): string {
  return Array.isArray(value) ? headerText(value[0]) : value;
}
