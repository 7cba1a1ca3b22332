/** An argument that is well formed but cannot be used. Nothing was sent. */
export class ArgumentError extends Error {
  readonly argument: string;

  /** @param problem what is wrong and what is accepted, as a sentence without a full stop. */
  constructor(argument: string, problem: string) {
    super(problem);
    this.name = 'ArgumentError';
    this.argument = argument;
  }
}

/** Something that the operator, or the person who was asked, does not allow. Nothing was sent. */
export class NotAllowedError extends Error {
  /** The outcome of the call, as one word. */
  readonly outcome: string;

  constructor(message: string, outcome = 'not_permitted') {
    super(message);
    this.name = 'NotAllowedError';
    this.outcome = outcome;
  }
}

/** The same message was sent recently. Nothing was sent now. */
export class AlreadySentError extends Error {
  readonly sessionId: string;
  readonly began: Date;

  constructor(sessionId: string, began: Date) {
    super('the same message was sent already');
    this.name = 'AlreadySentError';
    this.sessionId = sessionId;
    this.began = began;
  }
}

/** A message whose answer was lost and that the history does not show. It may or may not be in the session. */
export class DeliveryUnknownError extends Error {
  readonly sessionId: string;

  /** @param problem what happened, as a sentence. */
  constructor(sessionId: string, problem: string) {
    super(problem);
    this.name = 'DeliveryUnknownError';
    this.sessionId = sessionId;
  }
}
