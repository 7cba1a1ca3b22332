import { createHash } from 'node:crypto';

/** One attempt to write one thing. It holds hashes and the id that the API gave, neither text nor recipient. */
export interface Attempt {
  /** Hash of account and content. */
  readonly hash: string;
  /** From 1 on, among the attempts of the same hash. */
  readonly number: number;
  /** Random. Tells it from another attempt of the same number, if records were removed. */
  readonly nonce: string;
  /** `intent` is recorded before the request is sent; after a crash it is still there. */
  readonly state: 'intent' | 'sent' | 'unknown' | 'rejected';
  /** When it began, by the wall clock, in milliseconds since 1970. */
  readonly began: number;
  /** The last moment at which it may have left, by the wall clock. */
  readonly left: number;
  /** Hashes of the effects, by name. */
  readonly effects: Readonly<Record<string, string>>;
  /** The id that the API gave it. */
  readonly id?: string | undefined;
  /** When it began, by the API's clock. */
  readonly serverBegan?: number | undefined;
  /** The API's time of the newest message that was known before. */
  readonly seenUpTo?: number | undefined;
}

/** Where attempts are kept. Everything is durable when a call returns. */
export interface AttemptStore {
  /** Its name in error messages. */
  readonly place: string;
  /** Called before each use: creates what is missing, and removes what is no longer needed. */
  prepare(): Promise<void>;
  /** The attempts of one hash, lowest number first. One that is there but cannot be read is an intent. */
  read(hash: string): Promise<Attempt[]>;
  /** @returns false if this number of this hash exists. Of several processes that try at once, one creates it. */
  create(attempt: Attempt): Promise<boolean>;
  /**
   * Replaces an attempt as a whole.
   * @throws VanishedRecordError if records were removed and another attempt has its number now.
   */
  replace(attempt: Attempt): Promise<void>;
  /**
   * Makes an attempt the owner of a message of the API, unless the message has one. Of several that try at once, one wins.
   * @returns the owner.
   */
  claimMessage(message: string, owner: string): Promise<string>;
  /** The owner of a message; undefined if it has none. */
  ownerOf(message: string): Promise<string | undefined>;
}

/** Whether the outcome is not known, or not yet. */
export function isOpen({ state }: Attempt): boolean {
  return state === 'intent' || state === 'unknown';
}

/** After records were removed, another attempt may have the same number. */
export function identityOf({ number, nonce }: Attempt): string {
  return `${number}.${nonce}`;
}

/** The hash that a store knows a write by. */
export function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
