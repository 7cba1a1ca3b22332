/** What makes two sends the same message. Values are compared exactly. */
export interface IdempotencyKey {
  readonly sessionId: string;
  readonly sender: string;
  readonly text: string;
  readonly attachments?: unknown;
}

/** What the log knows about a send that is about to be made. */
export type Claim =
  /** The intent is recorded: send the message, then record its outcome. */
  | { readonly state: 'free'; readonly attempt: OpenAttempt }
  /** The same message was sent within the last ten minutes. */
  | { readonly state: 'sent'; readonly began: Date }
  /** The same message was tried within the last ten minutes, and its outcome is unknown. */
  | { readonly state: 'unknown'; readonly attempt: OpenAttempt };

/**
 * An attempt whose outcome is to be recorded; it is durable when the call returns. If recording fails, the intent stays
 * and later counts as unknown. That is logged and does not fail the send.
 */
export interface OpenAttempt {
  /** When it began, by this machine's wall clock. */
  readonly began: Date;
  sent(messageId: string | undefined): Promise<void>;
  /**
   * Claims a message of the history for this attempt, which then counts as sent.
   * @returns false if the message belongs to another attempt, or if that cannot be determined.
   */
  found(messageId: string): Promise<boolean>;
  unknown(): Promise<void>;
  rejected(): Promise<void>;
}

/** The record of recent sends, shared by every process that uses the same place. */
export interface SendLog {
  /**
   * Whether this message may be sent now. Records nothing.
   * @throws SendLogError when the log cannot be used.
   */
  isNew(key: IdempotencyKey): Promise<boolean>;
  /**
   * Claims the right to send a message. Of several callers and processes that try at once, one gets `free`.
   * @param allowDuplicate send it whatever was sent before.
   * @throws SendLogError when the log cannot be used; then nothing may be sent.
   */
  claim(key: IdempotencyKey, allowDuplicate: boolean): Promise<Claim>;
  /**
   * Runs `work`, or waits for the same send if this process is making it, and returns its outcome. If that send fails
   * because its own caller cancelled it, `work` runs after all.
   * @param signal the cancellation of this caller.
   */
  singleFlight<T>(key: IdempotencyKey, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}
