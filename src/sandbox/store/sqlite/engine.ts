import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, Kysely, SqliteDialect, SqliteDriver } from 'kysely';
import Database from 'libsql';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables.ts';
import { fts5 } from './full-text.ts';
import { schema } from './schema.ts';

/** How long a writer waits for another process to finish before it gives up. */
const writeLockMs = 10_000;
/** How long a read may block the process; in WAL mode it never waits for a writer, only for a recovery. */
const busyTimeoutMs = 5000;
/** Distinct statements kept prepared; the store has far fewer. */
const maxStatements = 200;

/**
 * Opens a SQLite file, or `:memory:`, for use by several processes at once: WAL, full synchronisation, foreign keys.
 * @throws when the folder cannot be made or the file is no database.
 */
export async function openSqlite(database: string): Promise<Engine> {
  const path = database === ':memory:' ? database : resolve(database);
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const connection = connect(path);
  try {
    connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
    // Two processes that switch a new file to WAL together can be told "busy" without any wait.
    await untilFree(() => connection.pragma('journal_mode = WAL'));
    connection.exec('pragma synchronous = FULL');
    connection.exec('pragma foreign_keys = ON');
  } catch (error) {
    connection.close();
    throw new Error(`The sandbox cannot use ${path} as its database: ${reason(error)}.`, { cause: error });
  }
  const queries = new Kysely<Tables>({ dialect: new ImmediateDialect(connection) });
  return {
    queries,
    place: path,
    schema,
    fullText: fts5,
    parallelWrites: false,
    transaction: (work) => queries.transaction().execute(work),
    // A transaction here is alone among all processes from its first moment.
    async hold() {},
    // Counted in this process only: in the file, every request would wait for the disk as a write does. Several
    // processes on one file each grant the whole limit.
    limiter: (hits, seconds) => new RateLimiterMemory({ points: hits, duration: seconds }),
    async close() {
      await queries.connection().execute(async () => {});
      await queries.destroy();
    },
  };
}

function connect(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (error) {
    throw new Error(`The sandbox cannot open ${path}: ${reason(error)}.`, { cause: error });
  }
}

/** SQLite's dialect, with transactions that take the write lock at once. */
class ImmediateDialect extends SqliteDialect {
  readonly #connection: Database.Database;

  constructor(connection: Database.Database) {
    super({ database: prepared(connection) });
    this.#connection = connection;
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver(this.#connection);
  }
}

/**
 * A deferred transaction that turns into a writer later fails at once when another process wrote meanwhile, so
 * every transaction begins as a writer. Waiting for the lock happens here and not in SQLite: its own wait stops
 * the event loop, and a second connection of this process that holds the lock could then never finish.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #connection: Database.Database;

  constructor(connection: Database.Database) {
    super({ database: prepared(connection) });
    this.#connection = connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await untilFree(async () => {
      this.#connection.exec('pragma busy_timeout = 0');
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
      } finally {
        this.#connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
      }
    });
  }
}

/**
 * The part of a connection that kysely uses, with two guards. Statements are kept and reused, because libsql
 * frees one only when it is garbage collected. A value of a type that libsql does not know ends the whole
 * process with a native panic, so it is refused here.
 */
function prepared(connection: Database.Database) {
  const statements = new Map<string, ReturnType<typeof guard>>();
  let open = true;
  return {
    prepare(sql: string) {
      // A kept statement would go on working on a closed connection.
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
      // Leaves the main file complete even though libsql lets go of it only at the next garbage collection.
      connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
    },
  };
}

function guard(statement: Database.Statement) {
  const reader = statement.reader;
  return {
    reader,
    all: (values: readonly unknown[]) => statement.all(checked(values)),
    run: (values: readonly unknown[]) => statement.run(checked(values)),
    iterate: (values: readonly unknown[]) => statement.iterate(checked(values)),
  };
}

function checked(values: readonly unknown[]): unknown[] {
  for (const value of values) {
    const known =
      value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array;
    if (!known) throw new TypeError(`A ${typeof value} cannot be stored.`);
  }
  return values as unknown[];
}

/** Repeats the work while another connection holds the lock. */
async function untilFree<T>(work: () => T | Promise<T>): Promise<T> {
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
