import { sql } from 'kysely';
import type { Db } from './db.ts';

/**
 * Brings the schema up to date. Runs inside one write, one process at a time, so that of several which start
 * together one does the work and the others find it done.
 * @throws when the database was made by a newer version.
 */
export async function migrate(db: Db): Promise<void> {
  const { schema } = db.engine;
  await db.engine.hold(db, ['schema']);
  await sql`create table if not exists schema_versions (version integer primary key)`.execute(db);
  const last = await db
    .selectFrom('schema_versions')
    .select((eb) => eb.fn.max<number | null>('version').as('version'))
    .executeTakeFirst();
  const done = last?.version ?? 0;
  if (done > schema.length) {
    throw new Error('it was made by a newer version of this program, and is left as it is');
  }
  for (const [index, step] of schema.entries()) {
    if (index < done) continue;
    for (const statement of step) await sql.raw(statement).execute(db);
    await db
      .insertInto('schema_versions')
      .values({ version: index + 1 })
      .execute();
  }
}
