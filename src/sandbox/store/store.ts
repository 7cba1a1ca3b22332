import { type Kysely, sql } from 'kysely';
import type { Db } from './db.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

/** The sandbox's database. */
export interface Store {
  readonly engine: Engine;
  /** For reads only: a write outside `write` could fail while another process writes. */
  readonly read: Db;
  /**
   * Runs the work in one transaction: all of it is kept, or nothing, and no other process sees a part. Sessions and
   * contacts read in it stay as they are until it ends. The work may run again: it must do nothing but query.
   */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** @throws when the database does not answer. */
  ping(): Promise<void>;
  /** Waits for running transactions, then closes. */
  close(): Promise<void>;
}

/**
 * Opens the database and brings its schema up to date.
 * @param database SQLite file path, `:memory:` or `postgres://...`, whose `options` parameter may name a schema:
 * `?options=-csearch_path%3Dname`.
 * @throws on any other address, on files that are no database, and on servers that do not answer.
 */
export async function openStore(database: string): Promise<Store> {
  const engine = await openEngine(database);
  const on = (queries: Kysely<Tables>): Db => Object.assign(queries, { engine });
  const store: Store = {
    engine,
    read: on(engine.queries),
    write: (work) => engine.transaction((queries) => work(on(queries))),
    async ping() {
      await sql`select 1`.execute(engine.queries);
    },
    close: () => engine.close(),
  };
  try {
    await store.write(migrate);
  } catch (error) {
    await store.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The sandbox cannot use ${engine.place} as its database: ${reason}.`, { cause: error });
  }
  return store;
}

/** Each engine is loaded, with its driver, only where it is wanted. */
async function openEngine(database: string): Promise<Engine> {
  if (/^postgres(ql)?:\/\//i.test(database)) {
    const { openPostgres } = await import('./postgres/engine.ts');
    return openPostgres(database);
  }
  if (database.trim() === '' || /^(file:|[a-z][a-z0-9+.-]*:\/\/)/i.test(database)) {
    throw new Error(
      'The sandbox needs the path of a SQLite file, :memory: or a postgres:// address as its database.',
    );
  }
  const { openSqlite } = await import('./sqlite/engine.ts');
  return openSqlite(database);
}
