import pg from 'pg';
import type { TestProject } from 'vitest/node';

/** Drops all schemas of a test run when it ends. Workers share them between files, and cannot tell which file is the last. */
export default function dropSchemas({ config }: TestProject): () => Promise<void> {
  const { SANDBOX_TEST_POSTGRES: connectionString, SANDBOX_TEST_SCHEMAS: prefix } = config.env;
  return async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        'select nspname as name from pg_namespace where starts_with(nspname, $1)',
        [prefix],
      );
      for (const { name } of rows) await client.query(`drop schema ${client.escapeIdentifier(name)} cascade`);
    } finally {
      await client.end();
    }
  };
}
