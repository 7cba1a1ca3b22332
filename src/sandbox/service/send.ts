import type { SendMessageBody, SentMessage } from '../../contract/message.ts';
import type { z } from '../../contract/zod.ts';
import { findContact } from '../store/contacts.ts';
import { readMessages } from '../store/events.ts';
import { insertFile } from '../store/files.ts';
import { changeSession } from '../store/sessions.ts';
import type { Db } from '../store/store.ts';
import type { ContactRow, SessionRow } from '../store/tables.ts';
import { type AcceptedAttachment, acceptAttachments } from './attachments.ts';
import { attachContact, holdContact, shownName, updateContact } from './contacts.ts';
import { addEvent, readEvent } from './events.ts';
import { invalid } from './refusal.ts';
import { type Service, timestampAfter } from './service.ts';
import { requireSession } from './sessions.ts';
import { summarize } from './summary.ts';
import { reopen } from './update.ts';
import { mergedMap } from './view.ts';

type Body = z.infer<typeof SendMessageBody>;

/**
 * Adds a message to a session, and all that comes with it, in one step: custom data merged into the session and
 * the contact, a closed session reopened, the session taken over from the AI.
 * Source: send document; assumptions `sendContactData`, `closedSend`, `takeOver`, `messageText`.
 * @throws Refusal 404 for the session, 400 for an empty message or a broken attachment.
 */
export async function sendMessage(
  service: Service,
  id: string,
  body: Body,
): Promise<z.infer<typeof SentMessage>> {
  const attachments = acceptAttachments(body.message.attachments);
  if (body.message.text.trim() === '' && attachments.length === 0) {
    throw invalid('message.text', 'must not be empty, except beside an attachment');
  }
  const messageId = await service.store.write(async (db) => {
    const session = await requireSession(db, id);
    const at = timestampAfter(service, session.updated_at);
    if (session.status !== 'open') await reopen(db, session, at);
    const contact = await writeContact(db, session, body, at);
    if (body.sender === 'agent' && body.should_take_over_session_from_ai && session.handed_off === 0) {
      await takeOver(db, session, body.agent, at);
    }
    await changeSession(db, session.id, {
      contact_id: contact?.id ?? null,
      custom_data: mergedMap(session.custom_data, body.custom_data),
      updated_at: at,
    });
    return addMessage(db, session, contact, body, attachments, at);
  });
  return { success: true, data: { message: { id: messageId } } };
}

/** The session's contact, with what the message says about it; a session without one gets it here. */
async function writeContact(
  db: Db,
  session: SessionRow,
  body: Body,
  at: string,
): Promise<ContactRow | undefined> {
  const verified = session.verified === 1;
  if (body.contact) await holdContact(db, body.contact);
  const known = session.contact_id === null ? undefined : await findContact(db, session.contact_id);
  if (!body.contact) return known;
  if (known) return updateContact(db, known, body.contact, verified, at);
  return attachContact(db, body.contact, verified, at);
}

/** Ends the AI's part: the session carries a handoff from now on. Source: assumption `takeOver`. */
async function takeOver(db: Db, session: SessionRow, agent: Body['agent'], at: string): Promise<void> {
  const sender = { type: 'agent', ...(agent?.name !== undefined && { name: agent.name }) };
  const { text } = summarize((await readMessages(db, session.id)).map(readEvent));
  const summary = `Taken over from the AI by ${agent?.name || 'an agent'}. ${text}`;
  await changeSession(db, session.id, {
    ai_closure_type: 'handed_off',
    handed_off: 1,
    handoff_summary: summary,
    handoff_sentiment: session.sentiment,
    ...(agent?.id !== undefined && { assignee_id: String(agent.id) }),
  });
  await addEvent(db, session.id, at, { type: 'agent_took_session_from_ai', sender });
  await addEvent(db, session.id, at, {
    type: 'handoff',
    sender: { type: 'system' },
    content: { type: 'text', text: summary },
  });
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
  const name = body.sender === 'agent' ? body.agent?.name : shownName(contact, session.verified === 1);
  return addEvent(db, session.id, at, {
    type: 'message',
    sender: { type: body.sender, ...(name !== undefined && { name }) },
    content: { type: 'text', text: body.message.text },
    ...(accepted.length > 0 && { attachments: accepted.map(({ attachment }) => attachment) }),
  });
}
