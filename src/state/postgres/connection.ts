import pg from 'pg';
import { StateError, VanishedRecordError } from '../errors.ts';

/** Runs one statement. */
export type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface Database {
  /** One statement, committed. Repeated once after a lost connection: it must do no harm twice. */
  readonly query: Query;
  /** Several statements, committed together. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connections of one replica. PostgreSQL accepts 100 of all by default. */
const maxConnections = 10;
/** A call waits for its record, so an answer that is late is as bad as none. */
const connectTimeoutMs = 3000;
const statementTimeoutMs = 5000;

/**
 * What the connection must have, whatever the server, the database or the role set. A claim that is not on disk, or on the
 * synchronous standby, could be forgotten; a stronger setting stays.
 */
const sessionSetup = `select
  set_config('statement_timeout', '${statementTimeoutMs}', false),
  set_config('idle_in_transaction_session_timeout', '${statementTimeoutMs}', false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write')
    then 'on' else current_setting('synchronous_commit') end, false)`;

/** Opens a pool. It connects with the first statement, and again after connections were lost. */
export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'opencx-sessions-mcp',
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    // Longer than the server's limit: this one is for a server that does not answer at all.
    query_timeout: statementTimeoutMs + 1000,
    keepAlive: true,
    // An idle pool must not keep the process alive.
    allowExitOnIdle: true,
    onConnect: async (client) => void (await client.query(sessionSetup)),
  });
  // An unhandled error of a connection, idle or in use, would end the process. The pool replaces the connection.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  let ended: Promise<void> | undefined;

  async function withClient<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      return await work(async (text, values) => (await client.query(text, values)).rows);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // A connection that failed may be half closed, or lead to a standby that became read-only: do not use it again.
      client.release(failure);
    }
  }

  return {
    query: (text, values) =>
      orStateError(async () => {
        const run = () => withClient((query) => query(text, values));
        return run().catch((error) => {
          if (isRefusal(error)) throw error;
          return run();
        }) as Promise<never>;
      }),
    transaction: (work) =>
      orStateError(() =>
        withClient(async (query) => {
          await query('begin');
          const result = await work(query);
          await query('commit');
          return result;
        }),
      ),
    close() {
      ended ??= pool.end();
      return ended;
    },
  };
}

async function orStateError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateError || error instanceof VanishedRecordError) throw error;
    throw new StateError(reasonOf(error), { cause: error });
  }
}

/**
 * Whether the server refused a statement. A lost connection is none, nor a shutdown, nor a standby that takes no writes:
 * a new connection may lead to another server.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(?:08|57P|25006)/.test(error.code ?? '');
}

const reasons: Readonly<Record<string, string>> = {
  '28000': 'PostgreSQL refused the login',
  '28P01': 'PostgreSQL refused the login',
  '3D000': 'PostgreSQL has no such database',
  '42501': 'the PostgreSQL user lacks a privilege',
  '42P01': 'a table is missing in PostgreSQL',
  '3F000': 'the schema is missing in PostgreSQL',
  '53100': 'the disk of PostgreSQL is full',
  '53300': 'PostgreSQL has no free connection',
  '25006': 'PostgreSQL is read-only',
  '57014': 'PostgreSQL did not answer in time',
};

/** Says what is wrong, without the address, which may hold a password, and without values. */
function reasonOf(error: unknown): string {
  // A host with several addresses fails with an AggregateError whose own message is empty.
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { code = '', message = '' } = Object(first) as { code?: string; message?: string };
  const known = reasons[code];
  if (known !== undefined) return known;
  if (first instanceof pg.DatabaseError && isRefusal(first))
    return `PostgreSQL refused a statement (${code})`;
  if (/timeout/i.test(message)) return 'PostgreSQL did not answer in time';
  return `PostgreSQL cannot be reached${code ? ` (${code})` : ''}`;
}
