import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables.ts';
import { tsvector } from './full-text.ts';
import { schema } from './schema.ts';

/** Connections of one process; a server takes 100 by default, for all of them. */
const maxConnections = 10;
const connectTimeoutMs = 10_000;
/** How often a transaction that met another one is run in all. */
const maxAttempts = 5;

/**
 * Connects to a PostgreSQL server, for use by several processes at once.
 * @param address `postgres://user:password@host:port/database` with the usual parameters.
 * @throws when the server does not answer or does not let us in; the error names no password.
 */
export async function openPostgres(address: string): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: address,
    application_name: 'opencx-sandbox',
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  });
  // A connection that breaks while nobody uses it is replaced at the next query; unheard, it would end the process.
  pool.on('error', () => {});
  const place = withoutPassword(address);
  try {
    const { rows } = await pool.query<{ schema: string | null }>('select current_schema() as schema');
    if (rows[0]?.schema === null)
      throw new Error('its search_path names no schema that exists; create it first');
  } catch (error) {
    await pool.end();
    throw new Error(`The sandbox cannot use ${place} as its database: ${reason(error)}.`, { cause: error });
  }
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    queries,
    place,
    schema,
    fullText: tsvector,
    parallelWrites: true,
    transaction: (work) =>
      untilAlone(() => queries.transaction().setIsolationLevel('read committed').execute(work)),
    async hold(transaction, names) {
      // In one order everywhere: two transactions that hold the same names must not wait for each other.
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

/** Counters stay far below 2^53: as numbers, like SQLite's, and not as the text that the driver gives. */
function getTypeParser(type: number, format?: 'text' | 'binary') {
  return type === bigint ? Number : pg.types.getTypeParser(type, format as 'text');
}

/** A transaction that the server ends because it and another one wait for each other changed nothing: it is run again. */
async function untilAlone<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      const met = code === '40P01' || code === '40001';
      if (!met || attempt === maxAttempts) throw error;
    }
  }
}

/** The address as it may be shown. One that is written wrongly, as with an @ in the password, hides too much rather. */
function withoutPassword(address: string): string {
  return address.replace(/^([^:]+:\/\/[^:@]*):.*@/, '$1:***@').replace(/([?&]password=)[^&]*/gi, '$1***');
}

function reason(error: unknown): string {
  // A host with several addresses fails with one error for each, and an empty text over them.
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message.replace(/\.$/, '') : String(first);
}
