/** One write, or one refusal to write. */
export interface AuditRecord {
  /** The call, also in the log. One call makes at most one request that changes something. */
  readonly id?: string | undefined;
  /** Whether this call made that request. Two equal calls at once share one, and it is in the record of one of them. */
  readonly requested?: boolean | undefined;
  readonly tool: string;
  readonly session?: string | undefined;
  /** The text of the message. Only its salted SHA-256 is recorded. */
  readonly text?: string | undefined;
  /** The outcome, as one word. */
  readonly outcome: string;
  /** The draft that the message waits as, or that a person decided about. */
  readonly draft?: number | undefined;
  /** What the person did with the draft. */
  readonly decision?: 'approved' | 'edited' | 'rejected' | undefined;
  /** Who called, if the server knows several people: the name of a token, or the subject that an identity provider gives. */
  readonly person?: string | undefined;
  /** The role of the person. */
  readonly role?: string | undefined;
  /** The workspace that the person called in. */
  readonly workspace?: string | undefined;
}

/** The operator's record of what was written. */
export interface Audit {
  /**
   * Durable when it returns.
   * @throws AuditError when that fails or takes more than a few seconds. The record is kept and written before any later one. If it is not known how much
   * of it was written, it may appear twice.
   */
  write(record: AuditRecord): Promise<void>;
  /**
   * Call it before each write to the API, so that at most one write goes unrecorded.
   * @throws AuditError while earlier records cannot be written; then nothing may be written to the API.
   */
  ready(): Promise<void>;
}
