/** The record of sent messages cannot be kept. Without it a message could be sent twice, so none is sent. */
export class SendLogError extends Error {
  constructor(place: string, cause: Error) {
    super(`the record of sent messages in ${place} cannot be kept (${cause.message})`, { cause });
    this.name = 'SendLogError';
  }
}

/** A record that this process made is gone. Without it the same write could be made twice, so it is refused. */
export class VanishedRecordError extends Error {
  constructor() {
    super('the record of an earlier attempt was removed while the server was running');
    this.name = 'VanishedRecordError';
  }
}

/** The drafts that wait for a person cannot be kept. Then none is stored or decided. */
export class OutboxError extends Error {
  constructor(place: string, cause: Error) {
    super(`the outbox in ${place} cannot be used (${cause.message})`, { cause });
    this.name = 'OutboxError';
  }
}

/** The audit log cannot be written. */
export class AuditError extends Error {
  constructor(cause: Error) {
    super(`the audit log cannot be written (${cause.message})`, { cause });
    this.name = 'AuditError';
  }
}

/** A database or cache of the operator cannot be used. The message names it and says why, without address or password. */
export class StateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StateError';
  }
}
