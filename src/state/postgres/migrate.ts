import { StateError } from '../errors.ts';
import type { Database } from './connection.ts';
import { migrations } from './schema.ts';

/**
 * Creates or updates the tables. One of several replicas that start at once does it; the others wait. A schema that is
 * current is only read, so that its user needs no right to change it.
 * @param schema a plain name; it becomes part of statements.
 * @throws StateError also if a newer version of this program made the schema.
 */
export async function migrate(database: Database, schema: string): Promise<void> {
  const [found] = await database.query<{ versions: string | null }>(
    `select to_regclass($1)::text as versions`,
    [`${schema}.schema_versions`],
  );
  if (found?.versions != null && (await versionOf(database.query, schema)) === migrations.length) return;
  await database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`opencx-sessions-mcp ${schema}`]);
    // Not "if not exists", which needs the right to create a schema even if it is there.
    const [there] = await query(`select 1 from pg_namespace where nspname = $1`, [schema]);
    if (there === undefined) await query(`create schema ${schema}`);
    await query(
      `create table if not exists ${schema}.schema_versions (version integer primary key, since timestamptz not null default now())`,
    );
    const done = await versionOf(query, schema);
    await query(`set local search_path to ${schema}`);
    for (const [index, statements] of migrations.entries()) {
      if (index < done) continue;
      for (const statement of statements) await query(statement);
      await query(`insert into ${schema}.schema_versions (version) values ($1)`, [index + 1]);
    }
  });
}

/** @throws StateError if it is newer than this program. */
async function versionOf(query: Database['query'], schema: string): Promise<number> {
  const [row] = await query<{ version: number | null }>(
    `select max(version) as version from ${schema}.schema_versions`,
  );
  const version = row?.version ?? 0;
  if (version > migrations.length) {
    throw new StateError(
      `the schema ${schema} in PostgreSQL has version ${version}, but this program knows only ${migrations.length}. Update the program`,
    );
  }
  return version;
}
