/** A request that the rules refuse: nothing was written. The HTTP layer turns it into an error body. */
export class Refusal extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

/** A value of the request that is not accepted; `field` is its dotted path in the body or its query parameter. */
export function invalid(field: string, what: string): Refusal {
  return new Refusal(400, `${field}: ${what}`);
}

/** An id that stands for nothing. */
export function unknown(what: string): Refusal {
  return new Refusal(404, `${what} not found`);
}
