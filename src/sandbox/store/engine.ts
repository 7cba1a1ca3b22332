import type { Kysely } from 'kysely';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { ContactRow, EventRow, Tables } from './tables.ts';

/**
 * What differs between the databases. The tables and the queries, through kysely, are the same; columns hold text,
 * numbers and bytes only, so that values compare and sort alike on all databases.
 */
export interface Engine {
  readonly queries: Kysely<Tables>;
  /** Path or address of the database, without its password. */
  readonly location: string;
  /** Migrations, each a list of statements. A released migration must not change. */
  readonly migrations: readonly (readonly string[])[];
  readonly fullText: FullText;
  /**
   * Whether write transactions run concurrently. If so, a transaction locks the sessions and contacts it reads, so
   * that they do not change before it commits.
   */
  readonly concurrentWrites: boolean;
  /** Runs `work` in one transaction. It may be retried after a conflict, so it must do nothing but query. */
  transaction<T>(work: (queries: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Locks these names until the transaction ends. Waits for other transactions that hold one of them. */
  lock(queries: Kysely<Tables>, names: readonly string[]): Promise<void>;
  /** Limits the hits per key and window, across processes where the engine supports it. */
  limiter(hits: number, seconds: number): RateLimiterAbstract;
  /** Waits for running transactions, then closes the database. */
  close(): Promise<void>;
}

/** The searchable parts of a message. */
export interface IndexedMessage {
  /** `seq` of its event. */
  readonly seq: number;
  readonly text: string;
  readonly sender: string;
}

/** Limits of a search. */
export interface SearchBounds {
  /** Maximum number of results. */
  readonly limit: number;
  /** Only this many of the newest matches are ranked, because ranking is the slow part. */
  readonly depth: number;
}

/** Full-text search by the database. The meaning of a query is the same on all databases: see `search-words.ts`. */
export interface FullText {
  indexContacts(queries: Kysely<Tables>, rows: readonly ContactRow[]): Promise<void>;
  unindexContact(queries: Kysely<Tables>, seq: number): Promise<void>;
  indexMessages(queries: Kysely<Tables>, messages: readonly IndexedMessage[]): Promise<void>;
  /** Empties the index. */
  clear(queries: Kysely<Tables>): Promise<void>;
  /** Matching contacts, best first; of equal matches, the older first. */
  searchContacts(queries: Kysely<Tables>, q: string, bounds: SearchBounds): Promise<ContactRow[]>;
  /** Matching message events, best first; of equal matches, the newer first. */
  searchMessages(queries: Kysely<Tables>, q: string, bounds: SearchBounds): Promise<EventRow[]>;
}
