import type { Db } from '../db.ts';
import type { FileRow } from '../tables.ts';

export async function insertFile(db: Db, row: FileRow): Promise<void> {
  await db.insertInto('files').values(row).execute();
}

export async function findFile(db: Db, id: string): Promise<FileRow | undefined> {
  const row = await db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();
  // libsql returns an ArrayBuffer, pg a Buffer.
  return row && { ...row, bytes: new Uint8Array(row.bytes) };
}
