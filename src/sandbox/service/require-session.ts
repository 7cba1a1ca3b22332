import type { Db } from '../store/db.ts';
import { findSession } from '../store/queries/sessions.ts';
import type { SessionRow } from '../store/tables.ts';
import { notFound } from './refusal.ts';

/** Loads a session by id. Source: assumptions `sessionIdForm`, `ids`. @throws Refusal 404. */
export async function requireSession(db: Db, id: string): Promise<SessionRow> {
  const row = await findSession(db, id.toLowerCase());
  if (!row) throw notFound('Session');
  return row;
}
