import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** The database or a transaction. */
export type Db = Kysely<Tables> & { readonly engine: Engine };

/** Whether reads must lock the row, so that it does not change before the transaction ends. */
export function locksReads(db: Db): boolean {
  return db.engine.concurrentWrites && db.isTransaction;
}
