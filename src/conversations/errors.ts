import type { Session } from '../contract/entities.ts';
import type { TicketSearch } from './analysis/search-by-number.ts';

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

/** No session was found for a ticket number. Nothing was done. */
export class TicketNotFoundError extends Error {
  readonly ticketNumber: number;
  readonly search: Extract<TicketSearch, { outcome: 'none' }>;

  constructor(ticketNumber: number, search: Extract<TicketSearch, { outcome: 'none' }>) {
    super('no session with this ticket number was found');
    this.name = 'TicketNotFoundError';
    this.ticketNumber = ticketNumber;
    this.search = search;
  }
}

/** More than one session has the ticket number. Nothing was done. */
export class TicketNotUniqueError extends Error {
  readonly ticketNumber: number;
  readonly sessions: readonly Session[];

  constructor(ticketNumber: number, sessions: readonly Session[]) {
    super('several sessions have this ticket number');
    this.name = 'TicketNotUniqueError';
    this.ticketNumber = ticketNumber;
    this.sessions = sessions;
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
  /** The last moment at which it may have left, by the API's clock if that is known. */
  readonly at: Date;
  readonly messageId: string;

  constructor(sessionId: string, at: Date, messageId: string) {
    super('the same message was sent already');
    this.name = 'AlreadySentError';
    this.sessionId = sessionId;
    this.at = at;
    this.messageId = messageId;
  }
}

/** The same words were sent recently, but what else the message changes differs. Nothing was sent now. */
export class OtherEffectsError extends Error {
  readonly sessionId: string;
  readonly at: Date;
  /** Names of the arguments that differ. */
  readonly otherEffects: readonly string[];

  constructor(sessionId: string, at: Date, otherEffects: readonly string[]) {
    super('the same words were sent already, with other effects');
    this.name = 'OtherEffectsError';
    this.sessionId = sessionId;
    this.at = at;
    this.otherEffects = otherEffects;
  }
}

/** A message whose answer was lost and that the history does not show. It may or may not be in the session. */
export class DeliveryUnknownError extends Error {
  readonly sessionId: string;
  /** The message of the API's answer. Untrusted text. */
  readonly apiMessage: string | undefined;

  /** @param problem what happened, as a sentence. */
  constructor(sessionId: string, problem: string, apiMessage?: string) {
    super(problem);
    this.name = 'DeliveryUnknownError';
    this.sessionId = sessionId;
    this.apiMessage = apiMessage;
  }
}

/** An equal session was created, but its answer was lost. It may or may not exist. Nothing was created now. */
export class CreationUnknownError extends Error {
  readonly began: Date;

  constructor(began: Date) {
    super('an equal session was created before, and its answer was lost');
    this.name = 'CreationUnknownError';
    this.began = began;
  }
}
