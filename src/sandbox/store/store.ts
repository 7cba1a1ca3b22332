import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import type { Db } from './db.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { setSetting } from './queries/settings.ts';
import type { Tables } from './tables.ts';

/** The sandbox's database. */
export interface Store {
  readonly engine: Engine;
  /** For reads only. A write outside `write` may fail while another process writes. */
  readonly read: Db;
  /**
   * Runs `work` in one transaction. Sessions and contacts that it reads do not change before it commits. It may be
   * retried, so it must do nothing but query.
   */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Writes a little. @throws if the database does not respond, or cannot be written: its disk may be full. */
  ping(): Promise<void>;
  /** Waits for running transactions, then closes. */
  close(): Promise<void>;
}

/**
 * Opens the database and migrates its schema.
 * @param database SQLite file path, `:memory:` or `postgres://...`. To use another schema of the PostgreSQL database,
 * append `?options=-csearch_path%3DNAME`.
 * @throws for any other address, a file that is not a database, or a server that does not respond.
 */
export async function openStore(database: string): Promise<Store> {
  const engine = await openEngine(database);
  const withEngine = (queries: Kysely<Tables>): Db => Object.assign(queries, { engine });
  const store: Store = {
    engine,
    read: withEngine(engine.queries),
    write: (work) => engine.transaction((queries) => work(withEngine(queries))),
    async ping() {
      await store.write((db) => setSetting(db, 'pinged_at', String(Date.now())));
    },
    close: () => engine.close(),
  };
  try {
    await store.write(migrate);
  } catch (error) {
    await store.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The sandbox cannot use ${engine.location} as its database: ${reason}.`, {
      cause: error,
    });
  }
  return store;
}

/**
 * Looks for a store in a database, without creating one.
 * @returns the database, without its password; undefined if it does not exist or holds no store.
 * @throws if the database cannot be used.
 */
export async function findStore(database: string): Promise<string | undefined> {
  const isServer = database.includes('://');
  if (!isServer && !existsSync(database)) return undefined;
  const engine = await openEngine(database);
  try {
    // Fails if the table does not exist.
    await engine.queries.selectFrom('schema_versions').selectAll().execute();
    return engine.location;
  } catch {
    return undefined;
  } finally {
    await engine.close();
  }
}

/** Loads only the driver that is needed. */
async function openEngine(database: string): Promise<Engine> {
  if (/^postgres(ql)?:\/\//i.test(database)) {
    const { openPostgres } = await import('./postgres/engine.ts');
    return openPostgres(database);
  }
  if (database.trim() === '' || /^(file:|[a-z][a-z0-9+.-]*:\/\/)/i.test(database)) {
    throw new Error(
      'The sandbox database must be the path of a SQLite file, :memory: or a postgres:// address.',
    );
  }
  const { openSqlite } = await import('./sqlite/engine.ts');
  return openSqlite(database);
}
