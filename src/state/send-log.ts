/** What makes two writes the same. Values are compared exactly, so the caller normalises them. */
export interface IdempotencyKey {
  readonly kind: 'message' | 'session';
  /** The session that a message goes into; empty for a new session. */
  readonly sessionId: string;
  /** What people see of a message, or everything that a new session is made from. Claims are made on it. */
  readonly content: readonly unknown[];
  /** What a message changes besides, by the name of the argument. Absent and undefined are the same. */
  readonly effects: Readonly<Record<string, unknown>>;
}

/** An earlier write of the same content that forbids another one now. */
export type Earlier = {
  /** Names of the effects in which it differs. Empty if it is the same write. */
  readonly otherEffects: readonly string[];
} & (
  | {
      /** It was written, and counts as recent: ten minutes for a message, ten seconds for a session. */
      readonly state: 'sent';
      /** The last moment at which it may have left, by this machine's wall clock. */
      readonly left: Date;
      /** How long ago that was. If the wall clock was set meanwhile, as long as this process measured. */
      readonly elapsedMs: number;
      /** The id that the API gave it. */
      readonly id: string;
    }
  | {
      /** It was tried, and its outcome is not known. That never expires. */
      readonly state: 'unknown';
      /** Whether its request may still be running, here or in another process. */
      readonly underWay: boolean;
      readonly attempt: OpenAttempt;
    }
);

/** What the log says to a write that is about to be made. `free`: the intent is recorded; write, then record the outcome. */
export type Claim = { readonly state: 'free'; readonly attempt: OpenAttempt } | Earlier;

export interface ClaimOptions {
  /** Write it whatever was written before. */
  readonly allowDuplicate: boolean;
  /** How long the request may take. After that it cannot leave any more. */
  readonly longestMs: number;
  /** The API's time of the newest message that was known before. Only later ones can be this one. */
  readonly seenUpTo?: number | undefined;
}

/** What became of one attempt. `rejected`: it certainly is not there. `open`: its outcome is not known, or not yet. */
export type Fate =
  | { readonly state: 'sent'; readonly id: string }
  | { readonly state: 'rejected' }
  | { readonly state: 'open'; readonly attempt: OpenAttempt };

/**
 * An attempt whose outcome is to be recorded; it is durable when the call returns. If recording fails, the intent stays
 * and later counts as unknown. That is logged and does not fail the write.
 */
export interface OpenAttempt {
  /** Tells it from all other attempts of the same key. */
  readonly identity: string;
  /** When it began, by this machine's wall clock. */
  readonly began: Date;
  /** When it began by the API's clock, if its process could tell. */
  readonly serverBegan: number | undefined;
  readonly seenUpTo: number | undefined;
  /** @param id the id that the API answered with. */
  sent(id: string): Promise<void>;
  /** The answer was lost. @param serverBegan when it began by the API's clock, if that is known by now. */
  unknown(serverBegan?: number): Promise<void>;
  /** The API certainly did not do it. */
  rejected(): Promise<void>;
  /**
   * Claims one of the messages of the history that may be this one. The attempt then counts as sent.
   * @returns its id; undefined if none is left, if there are more than attempts that may have made them, if an equal
   * attempt is still running, or if that cannot be determined.
   */
  found(candidates: readonly string[]): Promise<string | undefined>;
  /** Those of the messages that do not belong to another attempt; all of them if that cannot be determined. */
  unclaimed(messages: readonly string[]): Promise<string[]>;
  /**
   * Records that the message is not there and will not appear, so that it may be sent again.
   * @returns false if another process settled the attempt meanwhile, or if it cannot be recorded.
   */
  absent(): Promise<boolean>;
  /**
   * How long the request is certainly over, in milliseconds, by this process's monotonic clock. An attempt of another
   * process counts from when this one first saw it.
   */
  quietMs(): number;
}

/** The record of recent writes, shared by every process that uses the same place. */
export interface SendLog {
  /**
   * The earlier write that forbids this one. Records nothing.
   * @throws SendLogError when the log cannot be used, or when a record that this process made has vanished.
   */
  find(key: IdempotencyKey): Promise<Earlier | undefined>;
  /**
   * What became of one attempt, however long ago it was. Records nothing.
   * @returns undefined if it has no record. Those that are settled are removed after a day.
   * @throws SendLogError when the log cannot be used.
   */
  fateOf(key: IdempotencyKey, identity: string): Promise<Fate | undefined>;
  /**
   * Claims the right to write. Of several callers and processes that try at once, one gets `free`.
   * @throws SendLogError as `find` does; then nothing may be written.
   */
  claim(key: IdempotencyKey, options: ClaimOptions): Promise<Claim>;
  /**
   * Runs `work`, or waits for the same write if this process is making it, and returns its outcome. If that write fails
   * because its own caller cancelled it, `work` runs after all.
   * @param signal the cancellation of this caller.
   * @param onJoin called if it waits for the write of another caller.
   */
  singleFlight<T>(
    key: IdempotencyKey,
    signal: AbortSignal,
    work: () => Promise<T>,
    onJoin?: () => void,
  ): Promise<T>;
}
