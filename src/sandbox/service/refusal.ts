/** A request that breaks a rule of the API. Nothing was written. The HTTP layer turns it into an error body. */
export class Refusal extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

/** A 400 for an invalid value. `field` is its dotted path in the body, or its query parameter. */
export function invalid(field: string, message: string): Refusal {
  return new Refusal(400, `${field}: ${message}`);
}

/** A 404 for an unknown id. */
export function notFound(what: string): Refusal {
  return new Refusal(404, `${what} not found`);
}
