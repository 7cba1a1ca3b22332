import type { Db } from '../db.ts';
import type { KeyRow } from '../tables.ts';

/** Adds a key. A known key gets the new scopes. */
export async function saveKey(db: Db, row: KeyRow): Promise<void> {
  await db
    .insertInto('api_keys')
    .values(row)
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ scopes: row.scopes }))
    .execute();
}

export async function findKey(db: Db, hash: string): Promise<KeyRow | undefined> {
  return db.selectFrom('api_keys').selectAll().where('hash', '=', hash).executeTakeFirst();
}
