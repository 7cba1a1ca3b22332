import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { deleteAllData } from '../../../src/sandbox/store/reset.ts';
import { openStore } from '../../../src/sandbox/store/store.ts';

/** The PostgreSQL server to test on; undefined when testing on SQLite. Set by vitest.config.ts. */
export const postgresAddress = process.env['SANDBOX_TEST_POSTGRES'];
/** Prefix of the names of all schemas of this test run. Also set by vitest.config.ts. */
const schemaPrefix = process.env['SANDBOX_TEST_SCHEMAS'] ?? 'test_';

/** A schema on the server. */
export interface Schema {
  /** Connection address that selects the schema. */
  readonly address: string;
  drop(): Promise<void>;
}

/** Creates an empty schema. Commits do not wait for the disk unless it is `durable`. */
export async function emptySchema(server: string, durable?: 'durable'): Promise<Schema> {
  const name = `${schemaPrefix}${randomUUID().replaceAll('-', '')}`;
  await run(server, `create schema ${name}`);
  const address = new URL(server);
  const commit = durable ? 'on' : 'off';
  address.searchParams.set('options', `-csearch_path=${name} -csynchronous_commit=${commit}`);
  return { address: address.href, drop: () => run(server, `drop schema ${name} cascade`) };
}

/** A schema that many sandboxes use, one after the other. */
export interface ReusedSchema {
  readonly address: string;
  /** Empties it for the next sandbox. */
  clear(): Promise<void>;
}

/** Creates a schema that keeps a connection, because connecting takes most of the time of clearing it. */
export async function reusedSchema(server: string): Promise<ReusedSchema> {
  const { address } = await emptySchema(server);
  const store = await openStore(address);
  return {
    address,
    clear: () =>
      store.write(async (db) => {
        await deleteAllData(db);
        for (const table of ['api_keys', 'settings'] as const) await db.deleteFrom(table).execute();
        await sql`delete from rate_limits`.execute(db);
      }),
  };
}

async function run(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
