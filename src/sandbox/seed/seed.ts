import { type StoredAttachment, type StoredEvent, searchable } from '../service/events.ts';
import { normalizeEmail, normalizePhone } from '../service/writing/contacts.ts';
import { newSessionDefaults } from '../service/writing/create-session.ts';
import type { Db } from '../store/db.ts';
import { insertContacts } from '../store/queries/contacts.ts';
import { insertEvents, type NewEvent } from '../store/queries/events.ts';
import { insertFile } from '../store/queries/files.ts';
import { hasSessions, insertSessions, insertTeams, takeTicketNumbers } from '../store/queries/sessions.ts';
import { findSetting, setSetting } from '../store/queries/settings.ts';
import type { ContactRow, FileRow, SessionRow } from '../store/tables.ts';
import { generateStories } from './generate-stories.ts';
import { type Person, people } from './people.ts';
import { randomId, randomNumbers } from './random.ts';
import { stories } from './stories/index.ts';
import type { DemoFile, Step, Story } from './story.ts';
import { teams } from './teams.ts';

/** Default number of demo sessions: all written stories. */
export const demoSize = stories.length;

/** Setting that counts the written stories in the database. */
const storiesSetting = 'demo_stories';

/**
 * Fills an empty database with the demo data. Call it in a write transaction. The same size gives the same data, ids
 * included; times are relative to `now`.
 * @param size number of sessions: the first of the written stories, or all of them and generated, older ones.
 * @returns false if the database already has sessions; it is left unchanged then.
 */
export async function seedDemo(db: Db, now: Date, size: number): Promise<boolean> {
  await db.engine.lock(db, ['demo data']);
  if (await hasSessions(db)) return false;
  const written = stories.slice(0, size).sort((a, b) => b.began - a.began);
  await setSetting(db, storiesSetting, String(written.length));
  if (size === 0) return false;
  const seeding = { db, now, contacts: new Map(), teams: new Map(), pending: noRows() };
  const forWritten = { ...seeding, random: randomNumbers(4501) };
  const forGenerated = { ...seeding, random: randomNumbers(67) };
  await addTeams(forWritten);
  for (const person of people) {
    // Earlier than the oldest written story, which began 24 days ago.
    addPerson(forWritten, person, (25 + Math.floor(forWritten.random() * 90)) * 24 * 60);
  }
  for (const { story, newcomer } of generateStories(size - written.length, forGenerated.random)) {
    if (newcomer) addPerson(forGenerated, newcomer, story.began + 1);
    await addStory(forGenerated, story);
  }
  for (const story of written) await addStory(forWritten, story);
  await flush(seeding);
  return true;
}

/** How many of the written stories are in the database: the first of them. A database that is older than the count may have all. */
export async function countDemoStories(db: Db): Promise<number> {
  return Number((await findSetting(db, storiesSetting)) ?? demoSize);
}

interface Seeding {
  readonly db: Db;
  readonly now: Date;
  readonly random: () => number;
  readonly contacts: Map<string, { id: string; person: Person }>;
  readonly teams: Map<string, string>;
  readonly pending: PendingRows;
}

/** Rows to insert. One insert of many rows takes a fraction of the time. */
interface PendingRows {
  contacts: Omit<ContactRow, 'seq'>[];
  sessions: Omit<SessionRow, 'ticket_number'>[];
  events: NewEvent[];
  files: FileRow[];
}

const batchSize = 200;

async function addTeams(seeding: Seeding): Promise<void> {
  for (const { name } of teams) seeding.teams.set(name, randomId(seeding.random));
  await insertTeams(
    seeding.db,
    teams.map(({ name, description }) => ({
      id: lookUp(seeding.teams, name),
      name,
      description: description ?? null,
    })),
  );
}

function addPerson(seeding: Seeding, person: Person, knownFor: number): void {
  const id = randomId(seeding.random);
  const { verified, claimed, phone } = person;
  const at = before(seeding.now, knownFor);
  seeding.pending.contacts.push({
    id,
    verified: verified ? 1 : 0,
    email: verified?.email ?? null,
    email_key: verified?.email ? normalizeEmail(verified.email) : null,
    name: verified ? person.name : null,
    custom_data: verified?.customData ? JSON.stringify(verified.customData) : null,
    phone_number: phone ?? null,
    phone_key: normalizePhone(phone),
    phone_verified: verified && phone ? 1 : 0,
    non_verified_name: claimed?.name ?? null,
    non_verified_email: claimed?.email ?? null,
    non_verified_email_key: claimed?.email ? normalizeEmail(claimed.email) : null,
    non_verified_custom_data: claimed?.customData ? JSON.stringify(claimed.customData) : null,
    created_at: at,
    updated_at: at,
  });
  seeding.contacts.set(person.name, { id, person });
}

async function addStory(seeding: Seeding, story: Story): Promise<void> {
  const { random, pending } = seeding;
  const contact = story.who === undefined ? undefined : lookUp(seeding.contacts, story.who);
  const id = randomId(random);
  const times = timesOf(seeding, story);
  const began = before(seeding.now, story.began);
  pending.sessions.push({
    ...newSessionDefaults,
    id,
    status: story.status,
    channel: story.channel,
    verified: contact?.person.verified ? 1 : 0,
    contact_id: contact?.id ?? null,
    team_id: story.team === undefined ? null : lookUp(seeding.teams, story.team),
    assignee_id: story.assignee ?? null,
    ai_closure_type: story.handoff ? 'handed_off' : story.aiClosure,
    sentiment: story.sentiment ?? null,
    language: story.language === undefined ? 'en' : story.language,
    custom_data: story.customData ? JSON.stringify(story.customData) : null,
    handed_off: story.handoff ? 1 : 0,
    handoff_summary: story.handoff ?? null,
    handoff_sentiment: story.handoffSentiment ?? null,
    ticketing_name: story.ticketing?.[0] ?? null,
    ticketing_external_id: story.ticketing?.[1] ?? null,
    ticketing_id_type: story.ticketing?.[2] ?? null,
    assist_mode: story.assist ? 1 : 0,
    created_at: began,
    updated_at: times.at(-1) ?? began,
  });
  for (const [index, step] of story.steps.entries()) {
    const event = eventOf(seeding, id, step, contact && displayName(contact.person));
    const row = {
      id: randomId(random),
      session_id: id,
      created_at: times[index] ?? began,
      type: event.type,
      body: JSON.stringify(event),
    };
    pending.events.push({ row, searchable: searchable(event) });
  }
  if (pending.sessions.length >= batchSize) await flush(seeding);
}

/** Inserts the pending rows. Sessions come oldest first, so that ticket numbers rise with time. */
async function flush({ db, pending }: Pick<Seeding, 'db' | 'pending'>): Promise<void> {
  const { contacts, sessions, events, files } = pending;
  const first = await takeTicketNumbers(db, sessions.length);
  await insertContacts(db, contacts);
  await insertSessions(
    db,
    sessions.map((row, index) => ({ ...row, ticket_number: first + index })),
  );
  await insertEvents(db, events);
  for (const file of files) await insertFile(db, file);
  Object.assign(pending, noRows());
}

function noRows(): PendingRows {
  return { contacts: [], sessions: [], events: [], files: [] };
}

/** Sender name of a customer: verified, else claimed. */
function displayName({ name, verified, claimed }: Person): string | undefined {
  return verified ? name : claimed?.name;
}

function eventOf(seeding: Seeding, sessionId: string, step: Step, who?: string): StoredEvent {
  const { type, sender, text, context } = step;
  const named = sender?.type === 'contact' && who !== undefined ? { ...sender, name: who } : sender;
  const attachments: StoredAttachment[] = [];
  for (const file of step.attachments ?? []) attachments.push(storeFile(seeding, sessionId, file));
  return {
    type,
    ...(named && { sender: named }),
    ...(text !== undefined && { content: { type: 'text', text } }),
    ...(attachments.length > 0 && { attachments }),
    ...(context && { context }),
  };
}

function storeFile(seeding: Seeding, sessionId: string, file: DemoFile): StoredAttachment {
  const { name, type } = file;
  const id = randomId(seeding.random);
  if ('url' in file) return { id, name, type, size: file.size, url: file.url };
  const bytes = Buffer.from(file.content);
  // The id may be predictable: the demo data is public.
  const fileId = randomId(seeding.random).replaceAll('-', '');
  seeding.pending.files.push({ id: fileId, session_id: sessionId, name, type, bytes });
  return { id, name, type, size: bytes.length, file: fileId };
}

/** Minutes between two steps by channel: minimum and maximum. */
const stepMinutes: Readonly<Record<string, readonly [number, number]>> = {
  email: [35, 260],
  phone_voice: [0.08, 0.3],
  web_voice: [0.08, 0.3],
  slack: [2, 14],
};
const defaultStepMinutes: readonly [number, number] = [0.4, 2.5];

/** Minutes before the time of seeding by which every story has ended. */
const latestEnd = 2;

function timesOf(seeding: Seeding, story: Story): string[] {
  const [min, max] = stepMinutes[story.channel] ?? defaultStepMinutes;
  let elapsed = 0;
  const offsets = story.steps.map((step, index) => {
    const usual = index === 0 ? 0.05 : min + seeding.random() * (max - min);
    elapsed += step.after ?? usual;
    return elapsed;
  });
  const available = story.began - latestEnd;
  const scale = elapsed > available ? available / elapsed : 1;
  return offsets.map((offset) => before(seeding.now, story.began - offset * scale));
}

function before(now: Date, minutes: number): string {
  return new Date(now.getTime() - Math.round(minutes * 60_000)).toISOString();
}

function lookUp<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`The demo data refers to ${name}, which it does not define.`);
  return value;
}
