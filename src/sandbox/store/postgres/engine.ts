import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables.ts';
import { tsvector } from './full-text.ts';
import { migrations } from './schema.ts';

/** Connections per process. A server accepts 100 by default. */
const maxConnections = 10;
const connectTimeoutMs = 10_000;
/** Attempts per transaction. */
const maxAttempts = 5;

/**
 * Connects to a PostgreSQL server. Several processes may share a database.
 * @param address `postgres://user:password@host:port/database` with the usual parameters.
 * @throws if the server does not respond or rejects the login. The error contains no password.
 */
export async function openPostgres(address: string): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: address,
    application_name: 'opencx-sandbox',
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // Idle connections must not keep the process alive: see `ref` of `listen`.
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // An unhandled error of a connection, idle or in use, would end the process. The pool replaces the connection.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const location = withoutPassword(address);
  try {
    const { rows } = await pool.query<{ schema: string | null }>('select current_schema() as schema');
    if (rows[0]?.schema === null)
      throw new Error('its search_path names no existing schema; create it first');
  } catch (error) {
    await pool.end();
    throw new Error(`The sandbox cannot use ${location} as its database: ${reason(error)}.`, {
      cause: error,
    });
  }
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    queries,
    location,
    migrations,
    fullText: tsvector,
    concurrentWrites: true,
    transaction: (work) =>
      retryOnConflict(() => queries.transaction().setIsolationLevel('read committed').execute(work)),
    async lock(transaction, names) {
      // Sorted, so that two transactions cannot deadlock.
      for (const name of [...new Set(names)].sort()) {
        await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || ${name}, 0))`.execute(
          transaction,
        );
      }
    },
    limiter: (hits, seconds) =>
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        points: hits,
        duration: seconds,
      }),
    close: () => queries.destroy(),
  };
}

const bigint = 20;

/** Parses bigint as a number, not a string. Counters stay far below 2^53. */
function getTypeParser(type: number, format?: 'text' | 'binary') {
  return type === bigint ? Number : pg.types.getTypeParser(type, format as 'text');
}

/** Retries a transaction that the server rolled back because of a deadlock or a serialization failure. */
async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      const conflict = code === '40P01' || code === '40001';
      if (!conflict || attempt === maxAttempts) throw error;
    }
  }
}

/** Masks the password. In a malformed address, as with an @ in the password, it masks too much, not too little. */
function withoutPassword(address: string): string {
  return address.replace(/^([^:]+:\/\/[^:@]*):.*@/, '$1:***@').replace(/([?&]password=)[^&]*/gi, '$1***');
}

function reason(error: unknown): string {
  // A host with several addresses fails with an AggregateError whose own message is empty.
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message.replace(/\.$/, '') : String(first);
}
