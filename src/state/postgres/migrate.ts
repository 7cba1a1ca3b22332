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
  if ((await foundVersion(database, schema)) === migrations.length) return;
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

/**
 * Whether `migrate` would be able to do its work. Changes nothing.
 * @throws StateError if it would not.
 */
export async function checkMigration(database: Database, schema: string): Promise<void> {
  if ((await foundVersion(database, schema)) !== undefined) return;
  const [right] = await database.query<{ allowed: boolean }>(
    `select case when to_regnamespace($1) is null then has_database_privilege(current_database(), 'create')
     else has_schema_privilege($1, 'create') end as allowed`,
    [schema],
  );
  if (!right?.allowed) throw new StateError('the PostgreSQL user lacks the privilege to create the tables');
}

/** The version of the tables; undefined if there are none. @throws StateError as `versionOf`. */
async function foundVersion(database: Database, schema: string): Promise<number | undefined> {
  const [found] = await database.query<{ versions: string | null }>(
    `select to_regclass($1)::text as versions`,
    [`${schema}.schema_versions`],
  );
  return found?.versions == null ? undefined : versionOf(database.query, schema);
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
