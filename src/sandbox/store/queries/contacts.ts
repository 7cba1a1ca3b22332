import { type Db, locksReads } from '../db.ts';
import type { ContactRow } from '../tables.ts';

/** In a write transaction, the contact does not change before the transaction ends. */
export async function findContact(db: Db, id: string): Promise<ContactRow | undefined> {
  return selectContacts(db).where('id', '=', id).executeTakeFirst();
}

/**
 * Locks email addresses and phone numbers until the transaction ends. Without it, two transactions that find no
 * contact at the same time would both create one.
 */
export async function lockIdentities(db: Db, keys: readonly string[]): Promise<void> {
  await db.engine.lock(
    db,
    keys.map((key) => `contact ${key}`),
  );
}

function selectContacts(db: Db) {
  return db
    .selectFrom('contacts')
    .selectAll()
    .$if(locksReads(db), (query) => query.forNoKeyUpdate());
}

function oldestContact(db: Db) {
  return selectContacts(db).orderBy('seq').limit(1);
}

export async function findContacts(db: Db, ids: readonly string[]): Promise<Map<string, ContactRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('contacts').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The contact with this verified email address (normalized). */
export async function findByVerifiedEmail(db: Db, emailKey: string): Promise<ContactRow | undefined> {
  return oldestContact(db).where('email_key', '=', emailKey).executeTakeFirst();
}

/** The contact with this verified phone number (normalized). */
export async function findByVerifiedPhone(db: Db, phoneKey: string): Promise<ContactRow | undefined> {
  return oldestContact(db)
    .where('phone_key', '=', phoneKey)
    .where('phone_verified', '=', 1)
    .executeTakeFirst();
}

/** The contact that claimed this email address (normalized) and has no verified data. */
export async function findByClaimedEmail(db: Db, emailKey: string): Promise<ContactRow | undefined> {
  return oldestContact(db)
    .where('non_verified_email_key', '=', emailKey)
    .where('verified', '=', 0)
    .executeTakeFirst();
}

export async function insertContact(db: Db, row: Omit<ContactRow, 'seq'>): Promise<ContactRow> {
  const stored = await db.insertInto('contacts').values(row).returningAll().executeTakeFirstOrThrow();
  await db.engine.fullText.indexContacts(db, [stored]);
  return stored;
}

export async function insertContacts(db: Db, rows: readonly Omit<ContactRow, 'seq'>[]): Promise<void> {
  if (rows.length === 0) return;
  const stored = await db.insertInto('contacts').values(rows).returningAll().execute();
  await db.engine.fullText.indexContacts(db, stored);
}

export async function changeContact(
  db: Db,
  row: ContactRow,
  change: Partial<Omit<ContactRow, 'seq' | 'id'>>,
): Promise<ContactRow> {
  const stored = await db
    .updateTable('contacts')
    .set(change)
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await db.engine.fullText.unindexContact(db, row.seq);
  await db.engine.fullText.indexContacts(db, [stored]);
  return stored;
}
