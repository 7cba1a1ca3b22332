import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** Runs queries: the database itself, or a transaction. */
export type Db = Kysely<Tables> & { readonly engine: Engine };

/** Whether a row that is read here must be locked, so that it stays unchanged until the write that reads it ends. */
export function locksReads(db: Db): boolean {
  return db.engine.parallelWrites && db.isTransaction;
}
