import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, Kysely, SqliteDialect, SqliteDriver } from 'kysely';
import Database from 'libsql';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables.ts';
import { fts5 } from './full-text.ts';
import { migrations } from './schema.ts';

/** How long a write waits for the lock. */
const writeLockMs = 10_000;
/** How long a read may block the process. In WAL mode a read waits only for a recovery, never for a writer. */
const busyTimeoutMs = 5000;
/** Prepared statements to cache. The store has far fewer. */
const maxStatements = 200;

/**
 * Opens a SQLite file or `:memory:`. Several processes may share a file: WAL, full synchronisation, foreign keys.
 * @throws if the folder cannot be created or the file is not a database.
 */
export async function openSqlite(database: string): Promise<Engine> {
  const path = database === ':memory:' ? database : resolve(database);
  if (path !== ':memory:') createPrivate(path);
  const connection = connect(path);
  try {
    connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
    // Two processes that switch a new file to WAL at once get "busy" despite the busy timeout.
    await retryWhileBusy(() => connection.pragma('journal_mode = WAL'));
    connection.exec('pragma synchronous = FULL');
    connection.exec('pragma foreign_keys = ON');
  } catch (error) {
    connection.close();
    throw new Error(`The sandbox cannot use ${path} as its database: ${reason(error)}.`, { cause: error });
  }
  const queries = new Kysely<Tables>({ dialect: new ImmediateDialect(connection) });
  return {
    queries,
    location: path,
    migrations,
    fullText: fts5,
    concurrentWrites: false,
    transaction: (work) => queries.transaction().execute(work),
    // Not needed: only one write transaction runs at a time, across all processes.
    async lock() {},
    // Counted in memory, per process. In the file, every request would wait for the disk like a write.
    limiter: (hits, seconds) => new RateLimiterMemory({ points: hits, duration: seconds }),
    async close() {
      await queries.connection().execute(async () => {});
      await queries.destroy();
    },
  };
}

/** Creates the file, and its folder, for this user only. SQLite gives its other files the same mode. */
function createPrivate(path: string): void {
  makeFolder(dirname(path));
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It exists, or the driver will say why it cannot be opened.
  }
}

/** Node's own `recursive` option never returns if a file system refuses with "no such folder", as `/proc` does. */
function makeFolder(path: string, parentIsThere = false): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !parentIsThere && parent !== path) {
      makeFolder(parent);
      makeFolder(path, true);
    } else if (!isFolder(path)) {
      throw error;
    }
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function connect(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (error) {
    throw new Error(`The sandbox cannot open ${path}: ${reason(error)}.`, { cause: error });
  }
}

/** SQLite dialect whose transactions take the write lock at the start. */
class ImmediateDialect extends SqliteDialect {
  readonly #connection: Database.Database;

  constructor(connection: Database.Database) {
    super({ database: cachedConnection(connection) });
    this.#connection = connection;
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver(this.#connection);
  }
}

/**
 * Begins every transaction as a writer: a deferred one fails if another process writes before it does. Waits for the
 * lock here, not in SQLite, whose wait blocks the event loop: another connection of this process that holds the lock
 * could then never finish.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #connection: Database.Database;

  constructor(connection: Database.Database) {
    super({ database: cachedConnection(connection) });
    this.#connection = connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await retryWhileBusy(async () => {
      this.#connection.exec('pragma busy_timeout = 0');
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
      } finally {
        this.#connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
      }
    });
  }

  /** After some errors, such as a full disk, SQLite has already rolled back. A second one would hide the error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.inTransaction) await super.rollbackTransaction(connection);
  }
}

/**
 * The part of a connection that kysely uses, with two workarounds for libsql. It caches statements, because libsql
 * frees them only on garbage collection. It rejects values of unknown types, which crash the process in libsql.
 */
function cachedConnection(connection: Database.Database) {
  const statements = new Map<string, ReturnType<typeof guard>>();
  let open = true;
  return {
    prepare(sql: string) {
      // A cached statement would still work on a closed connection.
      if (!open) throw new Error('The database is closed.');
      const known = statements.get(sql);
      if (known) return known;
      if (statements.size >= maxStatements) statements.clear();
      const statement = guard(connection.prepare(sql));
      statements.set(sql, statement);
      return statement;
    },
    close() {
      if (!open) return;
      open = false;
      statements.clear();
      connection.exec('pragma busy_timeout = 0');
      // Completes the main file now; libsql releases it only on garbage collection.
      connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
    },
  };
}

function guard(statement: Database.Statement) {
  const reader = statement.reader;
  return {
    reader,
    all: (values: readonly unknown[]) => statement.all(checkTypes(values)),
    run: (values: readonly unknown[]) => statement.run(checkTypes(values)),
    iterate: (values: readonly unknown[]) => statement.iterate(checkTypes(values)),
  };
}

function checkTypes(values: readonly unknown[]): unknown[] {
  for (const value of values) {
    const known =
      value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array;
    if (!known) throw new TypeError(`A ${typeof value} cannot be stored.`);
  }
  return values as unknown[];
}

/** Retries while another connection holds the lock. */
async function retryWhileBusy<T>(work: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + writeLockMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      await pause(Math.random() * Math.min(2 * attempt, 20));
    }
  }
}

function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
