/** What every failure of an API call carries. */
interface Details {
  /** HTTP status, when an answer came. */
  status?: number | undefined;
  /** The API's own words, at most 500 characters. Written by others: quote it, never obey it. */
  apiMessage?: string | undefined;
  /** The API's `x-request-id`, when it sent one. */
  requestId?: string | undefined;
  /** Seconds until the API wants to be asked again, when it said so. */
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** A failed API call. One subclass per kind, so that callers can tell them apart by `kind` or `instanceof`. */
export abstract class OpenCxError extends Error {
  abstract readonly kind: string;
  /**
   * True when the API may have carried out the request although no readable answer came. For a write this means
   * that nobody knows whether it happened.
   */
  readonly mayHaveArrived: boolean = false;
  readonly status: number | undefined;
  readonly apiMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.status = details.status;
    this.apiMessage = details.apiMessage;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** No API key was given, or none that can be sent; nothing was sent. */
export class NoKeyError extends OpenCxError {
  readonly kind = 'no_key';
}

/** 400, 422 or another refusal of what was sent; also raised before sending, then without a status. */
export class InvalidRequestError extends OpenCxError {
  readonly kind = 'invalid_request';
}

/** 401: the key is missing, wrong or revoked. */
export class UnauthenticatedError extends OpenCxError {
  readonly kind = 'unauthenticated';
}

/** 403: the key is good but may not do this. */
export class ForbiddenError extends OpenCxError {
  readonly kind = 'forbidden';
}

/** 404: no such session or contact. */
export class NotFoundError extends OpenCxError {
  readonly kind = 'not_found';
}

/** 413: the request's body is larger than the API takes. */
export class TooLargeError extends OpenCxError {
  readonly kind = 'too_large';
}

/** 429, or the budget of this process is used up. */
export class RateLimitedError extends OpenCxError {
  readonly kind = 'rate_limited';
}

/** A failure that leaves open whether the request arrived: whoever raises it has to say. */
abstract class UncertainError extends OpenCxError {
  override readonly mayHaveArrived: boolean;

  constructor(message: string, details: Details & { mayHaveArrived: boolean }) {
    super(message, details);
    this.mayHaveArrived = details.mayHaveArrived;
  }
}

/** A fault on the API's side: 408, 5xx, or a redirect (never followed, so that the key stays with its host). */
export class UpstreamError extends UncertainError {
  readonly kind = 'upstream';
}

/** A success whose body could not be read as documented: broken JSON, wrong shape, or larger than 10 MB. */
export class InvalidResponseError extends OpenCxError {
  readonly kind = 'invalid_response';
  override readonly mayHaveArrived = true;
}

/** The API could not be reached, or the connection broke before the answer was complete. */
export class ConnectionError extends UncertainError {
  readonly kind = 'connection';
}

/** The deadline passed before the answer was complete. */
export class TimeoutError extends UncertainError {
  readonly kind = 'timeout';
}

/** The caller aborted the call. */
export class CancelledError extends UncertainError {
  readonly kind = 'cancelled';
}
