import { randomUUID } from 'node:crypto';
import type { CreatedSession, CreateSessionBody } from '../../../contract/session.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { findContact } from '../../store/queries/contacts.ts';
import { insertSessions, takeTicketNumbers } from '../../store/queries/sessions.ts';
import type { SessionRow } from '../../store/tables.ts';
import { mergeCustomData } from '../custom-data.ts';
import { notFound } from '../refusal.ts';
import { type Service, timestamp } from '../service.ts';
import { attachContact } from './contacts.ts';

/**
 * Creates a session without messages. Source: docs.open.cx/api-reference, `createChatSession`; assumptions
 * `contactIdWins`, `contactMatch`.
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
      ...newSessionDefaults,
      id: randomUUID(),
      channel: body.channel.type,
      verified: verified ? 1 : 0,
      contact_id: await contactFor(db, body, verified, at),
      // Taken last: it locks the counter, so other creates wait until this transaction ends.
      ticket_number: await takeTicketNumbers(db, 1),
      custom_data: mergeCustomData(null, body.custom_data),
      created_at: at,
      updated_at: at,
    };
    await insertSessions(db, [row]);
    return { id: row.id };
  });
}

/** Initial column values of a new session. */
export const newSessionDefaults = {
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
    if (!known) throw notFound('contact_id: contact');
    return known.id;
  }
  return body.contact ? (await attachContact(db, body.contact, verified, at)).id : null;
}
