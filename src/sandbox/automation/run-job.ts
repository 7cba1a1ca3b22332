import { countDemoStories } from '../seed/seed.ts';
import { addEvent, readEvent } from '../service/events.ts';
import { withoutQuotes } from '../service/plain-text.ts';
import { sentimentOf } from '../service/sentiment.ts';
import { type Service, timestampAfter } from '../service/service.ts';
import { closeSession } from '../service/writing/close-session.ts';
import { displayName } from '../service/writing/contacts.ts';
import { handOff, isWithAgent } from '../service/writing/hand-off.ts';
import type { Db } from '../store/db.ts';
import { findContact } from '../store/queries/contacts.ts';
import { findEvent, readLatestMessages } from '../store/queries/events.ts';
import { saveJob } from '../store/queries/jobs.ts';
import { changeSession, findSession } from '../store/queries/sessions.ts';
import type { EventRow, JobRow, SessionRow } from '../store/tables.ts';
import type { Autopilot, Conversation, Turn } from './autopilot.ts';
import { aiName } from './rules.ts';

export interface AnswerOptions {
  readonly autopilot: Autopilot;
  /** Milliseconds of silence after an answer until the AI closes the session as resolved; 0 = never. */
  readonly silenceMs: number;
}

/**
 * Runs a job, unless the session has been closed, handed off, assigned or answered by a person in the meantime. Call it
 * in the transaction that takes the job. Source: assumptions `autopilot`, `silence`.
 */
export async function runJob(db: Db, service: Service, options: AnswerOptions, job: JobRow): Promise<void> {
  const session = await findSession(db, job.session_id);
  if (session?.status !== 'open' || isWithAgent(session)) return;
  const at = timestampAfter(service, session.updated_at);
  if (job.kind === 'reply') await reply(db, session, at, options, job.id);
  else await assumeResolved(db, session, at);
}

async function reply(db: Db, session: SessionRow, at: string, options: AnswerOptions, messageId: string) {
  const message = await findEvent(db, messageId);
  if (!message || (await hasAgentReply(db, session, message))) return;
  const turn = options.autopilot(await readConversation(db, session, message));
  await addReply(db, session, at, turn);
  if (turn.outcome === 'resolve') {
    await closeSession(db, session, at, {
      status: 'closed_resolved',
      event: 'ai_decided_to_resolve_the_issue',
      by: 'ai',
      aiClosure: 'resolved',
      summary: true,
    });
  } else if (turn.outcome) {
    const { handOff: why, ...reason } = turn.outcome;
    await handOff(db, session, at, { why, ...reason });
  } else if (options.silenceMs > 0) {
    const due_at = new Date(Date.parse(at) + options.silenceMs).toISOString();
    await saveJob(db, { id: session.id, kind: 'silence', session_id: session.id, due_at });
  }
}

/** Whether a human agent has already answered the message. */
async function hasAgentReply(db: Db, session: SessionRow, message: EventRow): Promise<boolean> {
  const latest = await readLatestMessages(db, session.id, maxMessages);
  return latest.some((row) => row.seq > message.seq && readEvent(row).sender?.type === 'agent');
}

/** The rules need no more messages than these. */
const maxMessages = 20;

async function readConversation(db: Db, session: SessionRow, message: EventRow): Promise<Conversation> {
  const rows = await readLatestMessages(db, session.id, maxMessages, message);
  const messages = rows.map(readEvent).map(({ sender, content }) => ({
    from: (sender?.type ?? 'contact') as Conversation['messages'][number]['from'],
    text: withoutQuotes(content?.text ?? '').replaceAll('’', "'"),
  }));
  const sentiment = await sentimentOf(messages.at(-1)?.text ?? '');
  return { messages, sentiment, demoStories: await countDemoStories(db) };
}

async function addReply(db: Db, session: SessionRow, at: string, { action, reply }: Turn): Promise<void> {
  const sender = { type: 'ai', name: aiName };
  await changeSession(db, session.id, { updated_at: at });
  if (action) {
    const { name, input, result } = action;
    await addEvent(db, session.id, at, {
      type: 'action_called',
      sender,
      context: { action: name, input, result },
    });
  }
  const text = session.channel === 'email' ? await toMailHtml(db, session, reply) : reply;
  await addEvent(db, session.id, at, { type: 'message', sender, content: { type: 'text', text } });
}

/** Mails are HTML and begin with a greeting. */
async function toMailHtml(db: Db, session: SessionRow, reply: string): Promise<string> {
  const contact = session.contact_id === null ? undefined : await findContact(db, session.contact_id);
  const name = displayName(contact, session.verified === 1);
  const paragraphs = [name === undefined ? 'Hello,' : `Hello ${name},`, ...reply.split('\n\n'), aiName];
  return paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Closes a session as resolved if the customer has not replied to the AI. */
async function assumeResolved(db: Db, session: SessionRow, at: string): Promise<void> {
  const [last] = await readLatestMessages(db, session.id, 1);
  if (!last || readEvent(last).sender?.type !== 'ai') return;
  await closeSession(db, session, at, {
    status: 'closed_resolved',
    event: 'ai_assumed_the_session_resolved',
    by: 'ai',
    aiClosure: 'assumed_resolved',
    summary: true,
  });
}
