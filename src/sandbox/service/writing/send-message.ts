import type { SendMessageBody, SentMessage } from '../../../contract/message.ts';
import type { z } from '../../../contract/zod.ts';
import type { Db } from '../../store/db.ts';
import { findContact } from '../../store/queries/contacts.ts';
import { insertFile } from '../../store/queries/files.ts';
import { saveJob } from '../../store/queries/jobs.ts';
import { changeSession } from '../../store/queries/sessions.ts';
import type { ContactRow, SessionRow } from '../../store/tables.ts';
import { mergeCustomData } from '../custom-data.ts';
import { addEvent } from '../events.ts';
import { invalid } from '../refusal.ts';
import { requireSession } from '../require-session.ts';
import { type Service, timestampAfter } from '../service.ts';
import { type AcceptedAttachment, acceptAttachments } from './attachments.ts';
import { attachContact, displayName, lockContact, updateContact } from './contacts.ts';
import { handOff, isWithAgent } from './hand-off.ts';
import { reopen } from './update-session.ts';

type Body = z.infer<typeof SendMessageBody>;

/**
 * Adds a message to a session, with all side effects in one transaction: merges custom data into session and contact,
 * reopens a closed session, takes the session over from the AI, and schedules the AI's answer.
 * Source: docs.open.cx/api-reference, `sendMessage`; assumptions `sendContactData`, `closedSend`, `takeOver`,
 * `messageText`, `autopilot`.
 * @throws Refusal 404 for an unknown session, 400 for an empty message or an invalid attachment.
 */
export async function sendMessage(
  service: Service,
  id: string,
  body: Body,
): Promise<z.infer<typeof SentMessage>> {
  const { ai } = service;
  const attachments = acceptAttachments(body.message.attachments);
  if (body.message.text.trim() === '' && attachments.length === 0) {
    throw invalid('message.text', 'must not be empty unless there is an attachment');
  }
  const messageId = await service.store.write(async (db) => {
    const session = await requireSession(db, id);
    const at = timestampAfter(service, session.updated_at);
    if (session.status !== 'open') await reopen(db, session, at);
    const contact = await saveContact(db, session, body, at);
    if (body.sender === 'agent' && body.should_take_over_session_from_ai && session.handed_off === 0) {
      await takeOver(db, session, body.agent, at);
    }
    await changeSession(db, session.id, {
      contact_id: contact?.id ?? null,
      custom_data: mergeCustomData(session.custom_data, body.custom_data),
      updated_at: at,
    });
    const added = await addMessage(db, session, contact, body, attachments, at);
    if (ai && body.sender === 'contact' && !isWithAgent(session)) {
      const due_at = new Date(Date.parse(at) + ai.delayMs).toISOString();
      await saveJob(db, { id: added, kind: 'reply', session_id: session.id, due_at });
    }
    return added;
  });
  if (body.sender === 'contact') ai?.wake(ai.delayMs);
  return { success: true, data: { message: { id: messageId } } };
}

/** Writes the contact data of the message. A session without a contact gets one. @returns the session's contact. */
async function saveContact(
  db: Db,
  session: SessionRow,
  body: Body,
  at: string,
): Promise<ContactRow | undefined> {
  const verified = session.verified === 1;
  if (body.contact) await lockContact(db, body.contact);
  const known = session.contact_id === null ? undefined : await findContact(db, session.contact_id);
  if (!body.contact) return known;
  if (known) return updateContact(db, known, body.contact, verified, at);
  return attachContact(db, body.contact, verified, at);
}

/** Source: assumption `takeOver`. */
async function takeOver(db: Db, session: SessionRow, agent: Body['agent'], at: string): Promise<void> {
  await addEvent(db, session.id, at, {
    type: 'agent_took_session_from_ai',
    sender: { type: 'agent', ...(agent?.name !== undefined && { name: agent.name }) },
  });
  await handOff(db, session, at, { why: `Taken over from the AI by ${agent?.name || 'an agent'}.` });
  if (agent?.id !== undefined) await changeSession(db, session.id, { assignee_id: String(agent.id) });
}

async function addMessage(
  db: Db,
  session: SessionRow,
  contact: ContactRow | undefined,
  body: Body,
  accepted: readonly AcceptedAttachment[],
  at: string,
): Promise<string> {
  for (const { file } of accepted) {
    if (file) await insertFile(db, { ...file, session_id: session.id });
  }
  const name = body.sender === 'agent' ? body.agent?.name : displayName(contact, session.verified === 1);
  return addEvent(db, session.id, at, {
    type: 'message',
    sender: { type: body.sender, ...(name !== undefined && { name }) },
    content: { type: 'text', text: body.message.text },
    ...(accepted.length > 0 && { attachments: accepted.map(({ attachment }) => attachment) }),
  });
}
