import { sql } from 'kysely';
import type { Db } from './db.ts';

/**
 * Migrates the schema to the current version. Runs in a transaction that locks the schema, so that only one of several
 * starting processes migrates.
 * @throws if a newer version of this program made the database.
 */
export async function migrate(db: Db): Promise<void> {
  const { migrations } = db.engine;
  await db.engine.lock(db, ['schema']);
  await sql`create table if not exists schema_versions (version integer primary key)`.execute(db);
  const last = await db
    .selectFrom('schema_versions')
    .select((eb) => eb.fn.max<number | null>('version').as('version'))
    .executeTakeFirst();
  const done = last?.version ?? 0;
  if (done > migrations.length) {
    throw new Error('it was made by a newer version of this program');
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < done) continue;
    for (const statement of statements) await sql.raw(statement).execute(db);
    await db
      .insertInto('schema_versions')
      .values({ version: index + 1 })
      .execute();
  }
}
