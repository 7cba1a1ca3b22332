import { randomUUID } from 'node:crypto';
import { assumptions } from '../../contract/assumptions.ts';
import type {
  CreatedSession,
  CreateSessionBody,
  ListSessionsQuery,
  Session,
  SessionPage,
} from '../../contract/session.ts';
import type { z } from '../../contract/zod.ts';
import type { Db } from '../store/db.ts';
import { findContact } from '../store/queries/contacts.ts';
import { findSession, insertSessions, readSessions, takeTicketNumbers } from '../store/queries/sessions.ts';
import type { SessionRow } from '../store/tables.ts';
import { makeCursor, readCursor } from './reading/cursor.ts';
import { dateBound } from './reading/date-bound.ts';
import { mergedMap, viewSessions } from './reading/session-view.ts';
import { unknown } from './refusal.ts';
import { type Service, timestamp } from './service.ts';
import { attachContact } from './writing/contacts.ts';

/**
 * Opens a session without any message. Source: create document; assumptions `contactIdWins`, `contactMatch`.
 * @throws Refusal 404 for an unknown `contact_id`.
 */
export async function createSession(
  service: Service,
  body: z.infer<typeof CreateSessionBody>,
): Promise<z.infer<typeof CreatedSession>> {
  const verified = body.verified === true;
  return service.store.write(async (db) => {
    const at = timestamp(service);
    const row: SessionRow = {
      ...newSession,
      id: randomUUID(),
      channel: body.channel.type,
      verified: verified ? 1 : 0,
      contact_id: await contactFor(db, body, verified, at),
      // Last: whoever creates a session meanwhile waits for the next number until this write ends.
      ticket_number: await takeTicketNumbers(db, 1),
      custom_data: mergedMap(null, body.custom_data),
      created_at: at,
      updated_at: at,
    };
    await insertSessions(db, [row]);
    return { id: row.id };
  });
}

/** What a new session starts with. */
export const newSession = {
  status: 'open',
  team_id: null,
  assignee_id: null,
  ai_closure_type: null,
  sentiment: null,
  language: null,
  handed_off: 0,
  handoff_summary: null,
  handoff_sentiment: null,
  ticketing_name: null,
  ticketing_external_id: null,
  ticketing_id_type: null,
  assist_mode: 0,
} as const;

async function contactFor(
  db: Db,
  body: z.infer<typeof CreateSessionBody>,
  verified: boolean,
  at: string,
): Promise<string | null> {
  if (body.contact_id !== undefined) {
    const known = await findContact(db, body.contact_id.toLowerCase());
    if (!known) throw unknown('contact_id: contact');
    return known.id;
  }
  return body.contact ? (await attachContact(db, body.contact, verified, at)).id : null;
}

/**
 * One page of sessions, newest first. Source: list document; assumptions `listOrder`, `listPageSize`, `cursors`,
 * `dateBounds`, `handedOff`.
 */
export async function listSessions(
  service: Service,
  query: z.infer<typeof ListSessionsQuery>,
): Promise<z.infer<typeof SessionPage>> {
  const filters = {
    status: query.status,
    channel: query.channel_type,
    handedOff: query.handed_off,
    createdAfter: bound(query, 'created_after'),
    createdBefore: bound(query, 'created_before'),
    updatedAfter: bound(query, 'updated_after'),
    updatedBefore: bound(query, 'updated_before'),
  };
  const size = assumptions.listPageSize.value;
  const rows = await readSessions(service.store.read, filters, placeOf(service, query.cursor), size + 1);
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const more = rows.length > size && last !== undefined;
  return {
    items: await viewSessions(service.store.read, page),
    next: more ? makeCursor(service.cursorSecret, 'sessions', [last.created_at, last.id]) : null,
  };
}

function bound(
  query: z.infer<typeof ListSessionsQuery>,
  field: 'created_after' | 'created_before' | 'updated_after' | 'updated_before',
): string | undefined {
  const text = query[field];
  if (text === undefined) return undefined;
  return dateBound(field, text, field.endsWith('_after') ? 'after' : 'before');
}

function placeOf(service: Service, cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [createdAt, id] = readCursor<string>(service.cursorSecret, 'sessions', cursor);
  return { createdAt, id };
}

/** One session. Source: facts, "Get". @throws Refusal 404. */
export async function getSession(service: Service, id: string): Promise<z.infer<typeof Session>> {
  const row = await requireSession(service.store.read, id);
  const [session] = await viewSessions(service.store.read, [row]);
  if (!session) throw unknown('Session');
  return session;
}

/** The session with this id. Source: assumption `sessionIdForm`. @throws Refusal 404. */
export async function requireSession(db: Db, id: string): Promise<SessionRow> {
  const row = await findSession(db, id.toLowerCase());
  if (!row) throw unknown('Session');
  return row;
}
