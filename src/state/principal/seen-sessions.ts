/** What one principal has seen of sessions in passing. What it has forgotten is looked up, or not known. */
export interface SeenSessions {
  /**
   * The ids of the sessions with this number: none if it is not known, several if the number is not unique. Has to be
   * checked against the session before it is used.
   */
  idsOf(ticketNumber: number): readonly string[];
  addNumber(ticketNumber: number, sessionId: string): void;
  forgetNumber(ticketNumber: number): void;
  /** The verified name of a session's contact; undefined if it has none, or was not seen within 15 minutes. */
  verifiedNameOf(sessionId: string): string | undefined;
  /** @param name undefined if the contact has none any more. */
  addVerifiedName(sessionId: string, name: string | undefined): void;
}
