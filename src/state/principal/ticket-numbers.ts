/**
 * The ticket numbers that one principal has seen, and the sessions that they belong to. It only saves requests: what it
 * says is checked against the session before it is used, and what it has forgotten is looked up.
 */
export interface TicketNumbers {
  /** The ids of the sessions with this number: none if it is not known, several if the number is not unique. */
  idsOf(ticketNumber: number): readonly string[];
  add(ticketNumber: number, sessionId: string): void;
  forget(ticketNumber: number): void;
}
