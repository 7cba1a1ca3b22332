/** An argument that is well-formed but cannot be used. Nothing was sent. */
export class ArgumentError extends Error {
  readonly argument: string;

  /** @param problem what is wrong and what is accepted, as a sentence without a full stop. */
  constructor(argument: string, problem: string) {
    super(problem);
    this.name = 'ArgumentError';
    this.argument = argument;
  }
}

/** Something the operator of this server has not allowed. Nothing was sent. */
export class NotAllowedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotAllowedError';
  }
}

/** A message whose answer was lost: it may or may not stand in the session. */
export class DeliveryUnknownError extends Error {
  readonly sessionId: string;

  constructor(sessionId: string, cause: Error) {
    super(cause.message, { cause });
    this.name = 'DeliveryUnknownError';
    this.sessionId = sessionId;
  }
}
