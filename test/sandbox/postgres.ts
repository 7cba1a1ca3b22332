import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The server that this run of the tests is about; undefined in the runs on SQLite. Set by vitest.config.ts. */
export const postgresAddress = process.env['SANDBOX_TEST_POSTGRES'];

/**
 * A schema of its own on the server. What tests write is worth no wait for the disk, unless it is to be durable.
 * @returns the address that leads into it, and how to drop it.
 */
export async function emptySchema(
  server: string,
  durable?: 'durable',
): Promise<{ address: string; drop: () => Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create schema ${name}`);
  const address = new URL(server);
  const commit = durable ? 'on' : 'off';
  address.searchParams.set('options', `-csearch_path=${name} -csynchronous_commit=${commit}`);
  return { address: address.href, drop: () => run(server, `drop schema ${name} cascade`) };
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
