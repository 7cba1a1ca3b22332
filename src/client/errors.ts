/** Details of a failed API call. */
export interface ErrorDetails {
  /** HTTP status, if the API answered. */
  status?: number | undefined;
  /** The API's error message, at most 500 characters. Untrusted text. */
  apiMessage?: string | undefined;
  /** The `x-request-id` header, if present. */
  requestId?: string | undefined;
  /** `Retry-After` in seconds, if present. */
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** What went wrong. Each kind has a class of its own, which says what it means. Only the MCP server uses `setup`. */
export type ErrorKind =
  | 'no_key'
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'too_large'
  | 'rate_limited'
  | 'upstream'
  | 'invalid_response'
  | 'connection'
  | 'closed'
  | 'timeout'
  | 'cancelled'
  | 'setup';

/** A failed API call. Each kind of failure has its own subclass and `kind`. */
export abstract class OpenCxError extends Error {
  abstract readonly kind: ErrorKind;
  /**
   * True if the API may have processed the request. For a write, the outcome is then unknown.
   */
  readonly mayHaveArrived: boolean = false;
  readonly status: number | undefined;
  readonly apiMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.status = details.status;
    this.apiMessage = details.apiMessage;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** The API key is missing, or invalid in an HTTP header. Nothing was sent. */
export class NoKeyError extends OpenCxError {
  readonly kind = 'no_key';
}

/** 400, 422 or another 4xx. Also thrown, without a status, for input that fails validation; nothing was sent then. */
export class InvalidRequestError extends OpenCxError {
  readonly kind = 'invalid_request';
}

/** 401: the key is wrong or revoked. */
export class UnauthenticatedError extends OpenCxError {
  readonly kind = 'unauthenticated';
}

/** 403: the key lacks permission. */
export class ForbiddenError extends OpenCxError {
  readonly kind = 'forbidden';
}

/** 404: no such session or contact. */
export class NotFoundError extends OpenCxError {
  readonly kind = 'not_found';
}

/** 413: the request body is too large. */
export class TooLargeError extends OpenCxError {
  readonly kind = 'too_large';
}

/** 429, or this client's own rate budget is used up. */
export class RateLimitedError extends OpenCxError {
  readonly kind = 'rate_limited';
}

/** An error that may occur before or after the request was sent. */
abstract class UncertainError extends OpenCxError {
  override readonly mayHaveArrived: boolean;

  constructor(message: string, details: ErrorDetails & { mayHaveArrived: boolean }) {
    super(message, details);
    this.mayHaveArrived = details.mayHaveArrived;
  }
}

/** 408, 425, 5xx, or a redirect. Redirects are not followed: they could send the key to another host. */
export class UpstreamError extends UncertainError {
  readonly kind = 'upstream';
}

/** A 2xx whose body is not JSON, has the wrong shape, or is larger than 10 MB. */
export class InvalidResponseError extends OpenCxError {
  readonly kind = 'invalid_response';
  override readonly mayHaveArrived = true;
}

/** The API returned a page cursor a second time: reading on would not end. */
export class RepeatedCursorError extends InvalidResponseError {}

/** The API could not be reached, or the connection broke before the response was complete. */
export class ConnectionError extends UncertainError {
  readonly kind = 'connection';
}

/** The client was closed before the request was sent. */
export class ClosedError extends OpenCxError {
  readonly kind = 'closed';
}

/** The deadline passed before the response was complete. */
export class TimeoutError extends UncertainError {
  readonly kind = 'timeout';
}

/** The other side said nothing for the share of the deadline that one attempt of a read has. */
export class SilentError extends TimeoutError {}

/** The caller aborted the call. */
export class CancelledError extends UncertainError {
  readonly kind = 'cancelled';
}
