import { addEvent, readEvent } from '../service/events.ts';
import { ownWords } from '../service/plain-text.ts';
import { moodOf } from '../service/sentiment.ts';
import { type Service, timestampAfter } from '../service/service.ts';
import { closeSession } from '../service/writing/close-session.ts';
import { shownName } from '../service/writing/contacts.ts';
import { handOff, isHeld } from '../service/writing/hand-off.ts';
import type { Db } from '../store/db.ts';
import { findContact } from '../store/queries/contacts.ts';
import { findEvent, readLatestMessages } from '../store/queries/events.ts';
import { saveJob } from '../store/queries/jobs.ts';
import { changeSession, findSession } from '../store/queries/sessions.ts';
import type { EventRow, JobRow, SessionRow } from '../store/tables.ts';
import type { Autopilot, Conversation, Turn } from './autopilot.ts';
import { aiName } from './rules.ts';

export interface LifeRules {
  readonly autopilot: Autopilot;
  /** Milliseconds without a word after an answer, until the AI takes the matter for resolved; 0 = it never does. */
  readonly silenceMs: number;
}

/**
 * Does what a job is about, unless the session was closed, handed off, assigned or answered by a person meanwhile.
 * Run inside the write that takes the job. Source: assumptions `autopilot`, `silence`.
 */
export async function doJob(db: Db, service: Service, rules: LifeRules, job: JobRow): Promise<void> {
  const session = await findSession(db, job.session_id);
  if (session?.status !== 'open' || isHeld(session)) return;
  const at = timestampAfter(service, session.updated_at);
  if (job.kind === 'reply') await reply(db, session, at, rules, job.id);
  else await assumeResolved(db, session, at);
}

async function reply(db: Db, session: SessionRow, at: string, rules: LifeRules, messageId: string) {
  const message = await findEvent(db, messageId);
  if (!message || (await wasAnswered(db, session, message))) return;
  const turn = rules.autopilot(await conversation(db, session, message));
  await say(db, session, at, turn);
  if (turn.outcome === 'resolve') {
    await closeSession(db, session, at, {
      status: 'closed_resolved',
      mark: 'ai_decided_to_resolve_the_issue',
      by: 'ai',
      aiClosure: 'resolved',
      summary: true,
    });
  } else if (turn.outcome) {
    const { handOff: why, ...reason } = turn.outcome;
    await handOff(db, session, at, { why, ...reason });
  } else if (rules.silenceMs > 0) {
    const due_at = new Date(Date.parse(at) + rules.silenceMs).toISOString();
    await saveJob(db, { id: session.id, kind: 'silence', session_id: session.id, due_at });
  }
}

/** Whether a person answered before the AI did. */
async function wasAnswered(db: Db, session: SessionRow, message: EventRow): Promise<boolean> {
  const latest = await readLatestMessages(db, session.id, maxMessages);
  return latest.some((row) => row.seq > message.seq && readEvent(row).sender?.type === 'agent');
}

/** Messages that are looked at: rules need no more. */
const maxMessages = 20;

async function conversation(db: Db, session: SessionRow, message: EventRow): Promise<Conversation> {
  const rows = await readLatestMessages(db, session.id, maxMessages, message);
  const messages = rows.map(readEvent).map(({ sender, content }) => ({
    from: (sender?.type ?? 'contact') as Conversation['messages'][number]['from'],
    text: ownWords(content?.text ?? '').replaceAll('’', "'"),
  }));
  return { messages, mood: await moodOf(messages.at(-1)?.text ?? '') };
}

async function say(db: Db, session: SessionRow, at: string, { action, reply }: Turn): Promise<void> {
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
  const text = session.channel === 'email' ? await asMail(db, session, reply) : reply;
  await addEvent(db, session.id, at, { type: 'message', sender, content: { type: 'text', text } });
}

/** Mail is HTML, with a greeting. */
async function asMail(db: Db, session: SessionRow, reply: string): Promise<string> {
  const contact = session.contact_id === null ? undefined : await findContact(db, session.contact_id);
  const name = shownName(contact, session.verified === 1);
  const paragraphs = [name === undefined ? 'Hello,' : `Hello ${name},`, ...reply.split('\n\n'), aiName];
  return paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Nothing came back after the AI's last word: the matter counts as resolved. */
async function assumeResolved(db: Db, session: SessionRow, at: string): Promise<void> {
  const [last] = await readLatestMessages(db, session.id, 1);
  if (!last || readEvent(last).sender?.type !== 'ai') return;
  await closeSession(db, session, at, {
    status: 'closed_resolved',
    mark: 'ai_assumed_the_session_resolved',
    by: 'ai',
    aiClosure: 'assumed_resolved',
    summary: true,
  });
}
