import type { Kysely } from 'kysely';
import { migrate } from './migrations.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** A place to run queries on: the database as it is, or a transaction. */
export type Db = Kysely<Tables>;

/** The sandbox's database. */
export interface Store {
  /** For reads only: a write outside `write` could fail while another process writes. */
  readonly read: Db;
  /** Runs the work in one transaction, alone among all processes: all of it is kept, or nothing. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Waits for a running transaction, then closes. */
  close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date.
 * @param database SQLite file path or `:memory:`.
 * @throws on any address (PostgreSQL included) and on files that are no database.
 */
export async function openStore(database: string): Promise<Store> {
  if (/^postgres(ql)?:/i.test(database)) {
    throw new Error(
      'The sandbox does not support PostgreSQL yet: give the path of a SQLite file or :memory:.',
    );
  }
  if (database.trim() === '' || /^(file:|[a-z][a-z0-9+.-]*:\/\/)/i.test(database)) {
    throw new Error('The sandbox needs the path of a SQLite file or :memory: as its database.');
  }
  const db = await openSqlite(database);
  const store: Store = {
    read: db,
    write: (work) => db.transaction().execute(work),
    async close() {
      await db.connection().execute(async () => {});
      await db.destroy();
    },
  };
  try {
    await store.write(migrate);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
