import type { Kysely } from 'kysely';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { ContactRow, EventRow, Tables } from './tables.ts';

/**
 * All that differs between the databases. Beside it the store is one: the same queries through kysely on the same
 * tables, whose values are kept to text, numbers and bytes so that they compare and sort alike everywhere.
 */
export interface Engine {
  readonly queries: Kysely<Tables>;
  /** Where the data is, as it may be shown: a path, or an address without its password. */
  readonly place: string;
  /** The schema, one step per entry, each a list of statements; a step that was released is never changed. */
  readonly schema: readonly (readonly string[])[];
  readonly fullText: FullText;
  /**
   * Whether writes run beside each other. Then the sessions and contacts that one reads are locked until it ends,
   * so that what it decides on them still holds when it is kept.
   */
  readonly parallelWrites: boolean;
  /**
   * Runs the work in one transaction: all of it is kept, or nothing. The work may run again where it met another
   * one, so it must do nothing but query.
   */
  transaction<T>(work: (queries: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Inside a transaction: waits until no other one holds any of these names, and holds them until it ends. */
  hold(queries: Kysely<Tables>, names: readonly string[]): Promise<void>;
  /** Counts hits of keys, as many per window as given, for every process that this engine can count for. */
  limiter(hits: number, seconds: number): RateLimiterAbstract;
  /** Waits for running transactions, then lets go of the database. */
  close(): Promise<void>;
}

/** What is found of a message: its text, and the name of who wrote it. */
export interface IndexedMessage {
  /** Of its event. */
  readonly seq: number;
  readonly text: string;
  readonly sender: string;
}

/** How much a search gives and does. */
export interface SearchBounds {
  /** Results, at most. */
  readonly limit: number;
  /** Of what matches, as many of the newest are ranked: ranking is what takes the time. */
  readonly depth: number;
}

/** Full text by the database's own means. What a query means is the same everywhere: see `words.ts`. */
export interface FullText {
  indexContacts(queries: Kysely<Tables>, rows: readonly ContactRow[]): Promise<void>;
  unindexContact(queries: Kysely<Tables>, seq: number): Promise<void>;
  indexMessages(queries: Kysely<Tables>, messages: readonly IndexedMessage[]): Promise<void>;
  /** Forgets everything. */
  clear(queries: Kysely<Tables>): Promise<void>;
  /** Contacts that match, best first; the older of two equals first. */
  searchContacts(queries: Kysely<Tables>, q: string, bounds: SearchBounds): Promise<ContactRow[]>;
  /** Message events that match, best first; the newer of two equals first. */
  searchMessages(queries: Kysely<Tables>, q: string, bounds: SearchBounds): Promise<EventRow[]>;
}
