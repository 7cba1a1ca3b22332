import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { seeded } from '../../fakes.ts';
import { answerFaultsOf, isAnswered, type Talk } from './answers.ts';
import { launch, type Replica } from './replica.ts';
import { faultsOf, marksOf, messageMarks, sharedFaultsOf, type Written } from './written.ts';

/** What the kills left behind. */
export interface Aftermath {
  readonly size: { acknowledged: number; lost: number; kills: number; sessions: number };
  /** What must not be: empty when all is well. */
  readonly faults: readonly string[];
}

/** Demo sessions: the first start takes long enough to be killed in the midst of it. */
const demo = 150;
const sessionsEach = 3;

/**
 * Writers without a pause on two living sandboxes that share a database, of which one or both are killed in each round and
 * started again, and what stands in the database against what was acknowledged. The same seed makes the same writes; their
 * timing is the machine's.
 * @param atOnce writers. @param writes acknowledged ones of a round, about.
 */
export async function siege(options: {
  database: string;
  rounds: number;
  seed: number;
  atOnce: number;
  writes: number;
}): Promise<Aftermath> {
  const { database, rounds } = options;
  const random = seeded(options.seed);
  const size = { acknowledged: 0, lost: 0, kills: 0, sessions: 0 };
  const faults: string[] = [];
  const processes: ReturnType<typeof launch>[] = [];
  const replicas: Replica[] = [];
  /** Sessions of acknowledged creations, by what they were marked with, and marks without an answer. */
  const created = new Map<string, Written>();
  const doubtful = new Set<string>();
  let shared: Written & { doubtful: string[] };
  let talk: Talk;
  let orders = 0;

  async function start(at: number): Promise<void> {
    const launched = launch(database, demo);
    processes[at] = launched;
    replicas[at] = await launched.ready();
  }

  /** A start that is cut short leaves nothing half done behind it. */
  async function startAndKill(): Promise<void> {
    const young = launch(database, demo);
    const listening = young.ready().catch(() => {});
    await pause(random.below(400));
    await young.kill();
    await listening;
    size.kills += 1;
    checkFile();
  }

  /** One writer of a round: writes until the round ends, or its replica does. */
  async function write(writer: string, replica: Replica, goesOn: () => boolean, acknowledged: () => void) {
    const own: Written[] = [];
    for (let number = 0; goesOn() && replica.alive; number++) {
      const text = `${writer} ${number}`;
      if (random.chance(0.15)) {
        const order = `ord_${++orders}`;
        const message = { type: 'text', text: `Where is ${order}?` };
        const answer = await replica.call('POST', `/chat/sessions/${talk.id}/send`, {
          sender: 'contact',
          message,
        });
        (answer === undefined ? talk.doubtful : talk.asked).push(order);
        settle(answer);
        continue;
      }
      const target = random.chance(0.2) ? shared : own[random.below(sessionsEach)];
      if (target === undefined) {
        const contact = { email: `${writer}@example.com` };
        const body = { custom_data: { mark: text }, contact };
        const answer = await replica.call('POST', '/chat/sessions', body);
        if (answer === undefined) doubtful.add(text);
        else {
          const record: Written = { id: answer.id, events: [] };
          own.push(record);
          created.set(text, record);
        }
        settle(answer);
      } else if (target === shared || random.chance(0.7)) {
        const marks = target === shared ? [text] : messageMarks(text, target);
        const body = {
          sender: 'agent',
          message: { type: 'text', text },
          custom_data: { [writer]: text },
        };
        const answer = await replica.call('POST', `/chat/sessions/${target.id}/send`, body);
        keep(target, marks, answer);
      } else {
        const status = (['open', 'closed_resolved', 'closed_unresolved'] as const)[random.below(3)] ?? 'open';
        const marks = marksOf(status, target);
        const body = { status, generate_summary_and_sentiment_on_resolve: true };
        const answer = await replica.call('PATCH', `/chat/sessions/${target.id}`, body);
        keep(target, marks, answer);
      }
    }

    function keep(target: Written, marks: string[], answer: unknown): void {
      if (answer !== undefined) target.events.push(...marks);
      else if (target === shared) shared.doubtful.push(...marks);
      else target.doubtful = marks;
      settle(answer);
    }

    function settle(answer: unknown): void {
      if (answer === undefined) {
        size.lost += 1;
        return;
      }
      size.acknowledged += 1;
      acknowledged();
    }
  }

  async function round(number: number): Promise<void> {
    let over = false;
    const acknowledged = counter();
    const enough = acknowledged.more(Math.ceil(options.writes * (0.5 + random.below(100) / 100)));
    const writers = Array.from({ length: options.atOnce }, (_, index) =>
      write(
        `writer${number * options.atOnce + index}`,
        replicas[index % 2] as Replica,
        () => !over,
        acknowledged.add,
      ),
    );
    await Promise.race([enough, Promise.all(writers)]);
    await pause(random.below(10));
    const first = random.below(2);
    const victims = random.chance(0.4) ? [0, 1] : [first];
    await Promise.all(victims.map((at) => replicas[at]?.kill()));
    size.kills += victims.length;
    // A replica that lives goes on where the other one stopped.
    if (victims.length < 2) await Promise.race([acknowledged.more(options.atOnce), Promise.all(writers)]);
    over = true;
    await Promise.all(writers);
    checkFile();
    await Promise.all(victims.map(start));
  }

  function checkFile(): void {
    if (database.startsWith('postgres')) return;
    const file = new Database(database);
    // Of the full-text indexes as well: the pragma asks them.
    const found = file.pragma('integrity_check') as { integrity_check: string }[];
    for (const { integrity_check } of found) if (integrity_check !== 'ok') faults.push(integrity_check);
    if ((file.pragma('foreign_key_check') as unknown[]).length > 0) faults.push('a row refers to none');
    file.close();
  }

  /** Everything that is there against everything that was acknowledged since the start. */
  async function check(replica: Replica): Promise<void> {
    const sessions = await all(replica, '/chat/sessions');
    const tickets = new Set(sessions.map(({ ticket_number }) => ticket_number));
    if (tickets.size !== sessions.length) faults.push('a ticket number is there twice');
    const contacts = new Map<string, string>();
    const marks = new Set<string>();
    let others = 0;
    for (const { id, custom_data = {}, contact } of sessions) {
      const { mark } = custom_data;
      if (mark === undefined) {
        if (id !== shared.id && id !== talk.id) others += 1;
        continue;
      }
      if (marks.has(mark)) faults.push(`the session ${mark} is there twice`);
      marks.add(mark);
      if (!doubtful.has(mark) && created.get(mark)?.id !== id) faults.push(`nobody made the session ${mark}`);
      const email = contact?.non_verified_email;
      if (contacts.has(email) && contacts.get(email) !== contact.id) faults.push(`${email} is there twice`);
      contacts.set(email, contact.id);
    }
    if (others !== demo) faults.push(`${others} demo sessions`);
    for (const mark of created.keys()) if (!marks.has(mark)) faults.push(`the session ${mark} is lost`);
    size.sessions = sessions.length;
    const byId = new Map(sessions.map((session) => [session.id, session]));
    for (const record of [shared, ...created.values()]) {
      const { status, custom_data } = byId.get(record.id) ?? { custom_data: {} };
      const history = await all(replica, `/chat/sessions/${record.id}/history`);
      const events = history.map(({ event }) => (event.type === 'message' ? event.content.text : event.type));
      const judge = record === shared ? sharedFaultsOf : faultsOf;
      faults.push(...judge(record, { status, custom_data, events }));
    }
    faults.push(...answerFaultsOf(talk, await talkedOut(replica, talk.id)));
  }

  try {
    await startAndKill();
    await Promise.all([0, 1].map(start));
    const [replica] = replicas as [Replica];
    shared = { ...(await replica.call('POST', '/chat/sessions', {})), events: [], doubtful: [] };
    talk = { ...(await replica.call('POST', '/chat/sessions', {})), asked: [], doubtful: [] };
    for (let number = 0; number < rounds; number++) {
      await round(number);
      // Everything since the first round, which takes its time.
      if (number === rounds - 1 || number % 5 === 4) await check(replicas[random.below(2)] as Replica);
    }
  } finally {
    await Promise.all(processes.map((one) => one.kill()));
  }
  return { size, faults };
}

/** The history of a talk once the AI has come to its end, or has had ample time for it. */
async function talkedOut(replica: Replica, id: string) {
  for (let looks = 0; ; looks++) {
    const history = await all(replica, `/chat/sessions/${id}/history`);
    if (isAnswered(history) || looks === 100) return history;
    await pause(100);
  }
}

/** Counts up, and tells when it came further by a number. */
function counter() {
  let count = 0;
  const waiting = new Map<() => void, number>();
  return {
    add() {
      count += 1;
      for (const [resolve, at] of waiting) if (count >= at) resolve();
    },
    more: (by: number) => new Promise<void>((resolve) => waiting.set(resolve, count + by)),
  };
}

/** All items of a list. */
// biome-ignore lint/suspicious/noExplicitAny: sessions and events
async function all(replica: Replica, path: string): Promise<any[]> {
  const items = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: { items: unknown[]; next: string | null } = await replica.call(
      'GET',
      next === '' ? path : `${path}?cursor=${next}`,
    );
    items.push(...page.items);
    next = page.next;
  }
  return items;
}
