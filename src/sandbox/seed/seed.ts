import { type StoredAttachment, type StoredEvent, searchable } from '../service/events.ts';
import { newSession } from '../service/sessions.ts';
import { keyOfEmail, keyOfPhone } from '../service/writing/contacts.ts';
import type { Db } from '../store/db.ts';
import { insertContacts } from '../store/queries/contacts.ts';
import { insertEvents, type NewEvent } from '../store/queries/events.ts';
import { insertFile } from '../store/queries/files.ts';
import { hasSessions, insertSessions, insertTeams, takeTicketNumbers } from '../store/queries/sessions.ts';
import type { ContactRow, FileRow, SessionRow } from '../store/tables.ts';
import { generateStories } from './generate-stories.ts';
import { type Person, people } from './people.ts';
import { randomId, randomNumbers } from './random.ts';
import { stories } from './stories/index.ts';
import type { DemoFile, Step, Story } from './story.ts';
import { teams } from './teams.ts';

/** How many sessions the demo data has unless another number is asked for: those that were written by hand. */
export const demoSize = stories.length;

/**
 * Fills an empty database with the demo data; one that has a session is left alone. Run inside a write. The same
 * data each time for the same size, ids included; its times are set back from `now`.
 * @param size sessions: the first of the stories, or all of them and as many older ones, made up by rules, as are missing.
 * @returns whether it did.
 */
export async function seedDemo(db: Db, now: Date, size: number): Promise<boolean> {
  await db.engine.hold(db, ['demo data']);
  if (size === 0 || (await hasSessions(db))) return false;
  const told = stories.slice(0, size).sort((a, b) => b.began - a.began);
  const seeding = { db, now, contacts: new Map(), teams: new Map(), waiting: nothing() };
  const byHand = { ...seeding, random: randomNumbers(4501) };
  const byRules = { ...seeding, random: randomNumbers(67) };
  await plantTeams(byHand);
  for (const person of people) {
    // People were known before the oldest of the stories, which began 24 days ago.
    plantPerson(byHand, person, (25 + Math.floor(byHand.random() * 90)) * 24 * 60);
  }
  for (const { story, newcomer } of generateStories(size - told.length, byRules.random)) {
    if (newcomer) plantPerson(byRules, newcomer, story.began + 1);
    await plantStory(byRules, story);
  }
  for (const story of told) await plantStory(byHand, story);
  await flush(seeding);
  return true;
}

interface Seeding {
  readonly db: Db;
  readonly now: Date;
  readonly random: () => number;
  readonly contacts: Map<string, { id: string; person: Person }>;
  readonly teams: Map<string, string>;
  readonly waiting: Waiting;
}

/** Rows that are made but not yet written: many at once take a fraction of the time. */
interface Waiting {
  contacts: Omit<ContactRow, 'seq'>[];
  sessions: Omit<SessionRow, 'ticket_number'>[];
  events: NewEvent[];
  files: FileRow[];
}

const sessionsAtOnce = 200;

async function plantTeams(seeding: Seeding): Promise<void> {
  for (const { name } of teams) seeding.teams.set(name, randomId(seeding.random));
  await insertTeams(
    seeding.db,
    teams.map(({ name, description }) => ({
      id: known(seeding.teams, name),
      name,
      description: description ?? null,
    })),
  );
}

function plantPerson(seeding: Seeding, person: Person, knownFor: number): void {
  const id = randomId(seeding.random);
  const { verified, claimed, phone } = person;
  const at = before(seeding.now, knownFor);
  seeding.waiting.contacts.push({
    id,
    verified: verified ? 1 : 0,
    email: verified?.email ?? null,
    email_key: verified?.email ? keyOfEmail(verified.email) : null,
    name: verified ? person.name : null,
    custom_data: verified?.customData ? JSON.stringify(verified.customData) : null,
    phone_number: phone ?? null,
    phone_key: keyOfPhone(phone),
    phone_verified: verified && phone ? 1 : 0,
    non_verified_name: claimed?.name ?? null,
    non_verified_email: claimed?.email ?? null,
    non_verified_email_key: claimed?.email ? keyOfEmail(claimed.email) : null,
    non_verified_custom_data: claimed?.customData ? JSON.stringify(claimed.customData) : null,
    created_at: at,
    updated_at: at,
  });
  seeding.contacts.set(person.name, { id, person });
}

async function plantStory(seeding: Seeding, story: Story): Promise<void> {
  const { random, waiting } = seeding;
  const contact = story.who === undefined ? undefined : known(seeding.contacts, story.who);
  const id = randomId(random);
  const times = timesOf(seeding, story);
  const began = before(seeding.now, story.began);
  waiting.sessions.push({
    ...newSession,
    id,
    status: story.status,
    channel: story.channel,
    verified: contact?.person.verified ? 1 : 0,
    contact_id: contact?.id ?? null,
    team_id: story.team === undefined ? null : known(seeding.teams, story.team),
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
    const event = eventOf(seeding, id, step, contact && shownName(contact.person));
    const row = {
      id: randomId(random),
      session_id: id,
      created_at: times[index] ?? began,
      type: event.type,
      body: JSON.stringify(event),
    };
    waiting.events.push({ row, searchable: searchable(event) });
  }
  if (waiting.sessions.length >= sessionsAtOnce) await flush(seeding);
}

/** Writes what waits. Sessions are planted oldest first, so their ticket numbers go up with time. */
async function flush({ db, waiting }: Pick<Seeding, 'db' | 'waiting'>): Promise<void> {
  const { contacts, sessions, events, files } = waiting;
  const first = await takeTicketNumbers(db, sessions.length);
  await insertContacts(db, contacts);
  await insertSessions(
    db,
    sessions.map((row, index) => ({ ...row, ticket_number: first + index })),
  );
  await insertEvents(db, events);
  for (const file of files) await insertFile(db, file);
  Object.assign(waiting, nothing());
}

function nothing(): Waiting {
  return { contacts: [], sessions: [], events: [], files: [] };
}

/** An unverified customer is shown as whom he says he is, or not at all. */
function shownName({ name, verified, claimed }: Person): string | undefined {
  return verified ? name : claimed?.name;
}

function eventOf(seeding: Seeding, sessionId: string, step: Step, who?: string): StoredEvent {
  const { type, sender, text, context } = step;
  const named = sender?.type === 'contact' && who !== undefined ? { ...sender, name: who } : sender;
  const attachments: StoredAttachment[] = [];
  for (const file of step.attachments ?? []) attachments.push(keep(seeding, sessionId, file));
  return {
    type,
    ...(named && { sender: named }),
    ...(text !== undefined && { content: { type: 'text', text } }),
    ...(attachments.length > 0 && { attachments }),
    ...(context && { context }),
  };
}

function keep(seeding: Seeding, sessionId: string, file: DemoFile): StoredAttachment {
  const { name, type } = file;
  const id = randomId(seeding.random);
  if ('url' in file) return { id, name, type, size: file.size, url: file.url };
  const bytes = Buffer.from(file.content);
  // Everyone has the demo data, so nothing is given away by an id that can be known.
  const fileId = randomId(seeding.random).replaceAll('-', '');
  seeding.waiting.files.push({ id: fileId, session_id: sessionId, name, type, bytes });
  return { id, name, type, size: bytes.length, file: fileId };
}

/** Usual minutes between two steps: at least, and at most. */
const habits: Readonly<Record<string, readonly [number, number]>> = {
  email: [35, 260],
  phone_voice: [0.08, 0.3],
  web_voice: [0.08, 0.3],
  slack: [2, 14],
};
const chatting: readonly [number, number] = [0.4, 2.5];

/** The latest that a story may come to: nothing in the demo happens after the moment it is looked at. */
const latest = 2;

function timesOf(seeding: Seeding, story: Story): string[] {
  const [least, most] = habits[story.channel] ?? chatting;
  let passed = 0;
  const offsets = story.steps.map((step, index) => {
    const usual = index === 0 ? 0.05 : least + seeding.random() * (most - least);
    passed += step.after ?? usual;
    return passed;
  });
  const room = story.began - latest;
  const scale = passed > room ? room / passed : 1;
  return offsets.map((offset) => before(seeding.now, story.began - offset * scale));
}

function before(now: Date, minutes: number): string {
  return new Date(now.getTime() - Math.round(minutes * 60_000)).toISOString();
}

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`The demo data names ${name}, whom it does not have.`);
  return value;
}
