import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { deleteAllData } from '../../../src/sandbox/store/reset.ts';
import { openStore } from '../../../src/sandbox/store/store.ts';

/** The server that this run of the tests is about; undefined in the runs on SQLite. Set by vitest.config.ts. */
export const postgresAddress = process.env['SANDBOX_TEST_POSTGRES'];

/** A schema on the server. */
export interface Schema {
  /** Leads into it. */
  readonly address: string;
  drop(): Promise<void>;
}

/**
 * A schema of its own on the server. What tests write is worth no wait for the disk, unless it is to be durable.
 */
export async function emptySchema(server: string, durable?: 'durable'): Promise<Schema> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create schema ${name}`);
  const address = new URL(server);
  const commit = durable ? 'on' : 'off';
  address.searchParams.set('options', `-csearch_path=${name} -csynchronous_commit=${commit}`);
  return { address: address.href, drop: () => run(server, `drop schema ${name} cascade`) };
}

/** Makes the schema of a sandbox as good as new. */
export async function clearSchema(address: string): Promise<void> {
  const store = await openStore(address);
  try {
    await store.write(async (db) => {
      await deleteAllData(db);
      for (const table of ['api_keys', 'settings'] as const) await db.deleteFrom(table).execute();
      await sql`delete from rate_limits`.execute(db);
    });
  } finally {
    await store.close();
  }
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
