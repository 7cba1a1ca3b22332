import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { seeded } from '../../fakes/fakes.ts';
import { checkAnswers, isAnswered, type QuestionRecord } from './answer-check.ts';
import { launch, type Replica } from './replica.ts';
import {
  checkSession,
  checkSharedSession,
  messageEvents,
  statusEvents,
  type WriteRecord,
} from './session-check.ts';

/** Result of a crash test. */
export interface CrashTestResult {
  readonly size: { acknowledged: number; unconfirmed: number; kills: number; sessions: number };
  /** Violations found; empty on success. */
  readonly errors: readonly string[];
}

/** Demo sessions. Enough that a kill can hit the first start while it seeds them. */
const demoSessions = 150;
const sessionsEach = 3;

/**
 * Runs writers against two sandboxes that share a database. Each round kills and restarts one or both of them. Compares
 * the database with the acknowledged writes. The seed determines the writes, but not their timing.
 * @param options.atOnce number of concurrent writers.
 * @param options.writes approximate number of acknowledged writes per round.
 */
export async function runCrashTest(options: {
  database: string;
  rounds: number;
  seed: number;
  atOnce: number;
  writes: number;
}): Promise<CrashTestResult> {
  const { database, rounds } = options;
  const random = seeded(options.seed);
  const size = { acknowledged: 0, unconfirmed: 0, kills: 0, sessions: 0 };
  const errors: string[] = [];
  const processes: ReturnType<typeof launch>[] = [];
  const replicas: Replica[] = [];
  /** Sessions of acknowledged creates by their mark, and the marks of creates without a response. */
  const created = new Map<string, WriteRecord>();
  const unconfirmed = new Set<string>();
  let shared: WriteRecord & { unconfirmed: string[] };
  let questions: QuestionRecord;
  let orders = 0;

  async function start(at: number): Promise<void> {
    const launched = launch(database, demoSessions);
    processes[at] = launched;
    replicas[at] = await launched.ready();
  }

  /** Kills a sandbox during its first start, which must leave nothing half done. */
  async function startAndKill(): Promise<void> {
    const starting = launch(database, demoSessions);
    const listening = starting.ready().catch(() => {});
    await pause(random.below(400));
    await starting.kill();
    await listening;
    size.kills += 1;
    checkFile();
  }

  /** Runs one writer until the round ends or its replica is killed. */
  async function write(writer: string, replica: Replica, isRunning: () => boolean, acknowledged: () => void) {
    const own: WriteRecord[] = [];
    for (let number = 0; isRunning() && replica.alive; number++) {
      const text = `${writer} ${number}`;
      if (random.chance(0.15)) {
        const order = `ord_${++orders}`;
        const message = { type: 'text', text: `Where is ${order}?` };
        const answer = await replica.call('POST', `/chat/sessions/${questions.id}/send`, {
          sender: 'contact',
          message,
        });
        (answer === undefined ? questions.unconfirmed : questions.asked).push(order);
        settle(answer);
        continue;
      }
      const target = random.chance(0.2) ? shared : own[random.below(sessionsEach)];
      if (target === undefined) {
        const contact = { email: `${writer}@example.com` };
        const body = { custom_data: { mark: text }, contact };
        const answer = await replica.call('POST', '/chat/sessions', body);
        if (answer === undefined) unconfirmed.add(text);
        else {
          const record: WriteRecord = { id: answer.id, events: [] };
          own.push(record);
          created.set(text, record);
        }
        settle(answer);
      } else if (target === shared || random.chance(0.7)) {
        const added = target === shared ? [text] : messageEvents(text, target);
        const body = {
          sender: 'agent',
          message: { type: 'text', text },
          custom_data: { [writer]: text },
        };
        const answer = await replica.call('POST', `/chat/sessions/${target.id}/send`, body);
        recordWrite(target, added, answer);
      } else {
        const status = (['open', 'closed_resolved', 'closed_unresolved'] as const)[random.below(3)] ?? 'open';
        const added = statusEvents(status, target);
        const body = { status, generate_summary_and_sentiment_on_resolve: true };
        const answer = await replica.call('PATCH', `/chat/sessions/${target.id}`, body);
        recordWrite(target, added, answer);
      }
    }

    function recordWrite(target: WriteRecord, added: string[], answer: unknown): void {
      if (answer !== undefined) target.events.push(...added);
      else if (target === shared) shared.unconfirmed.push(...added);
      else target.unconfirmed = added;
      settle(answer);
    }

    function settle(answer: unknown): void {
      if (answer === undefined) {
        size.unconfirmed += 1;
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
    // The surviving replica must keep working.
    if (victims.length < 2) await Promise.race([acknowledged.more(options.atOnce), Promise.all(writers)]);
    over = true;
    await Promise.all(writers);
    checkFile();
    await Promise.all(victims.map(start));
  }

  function checkFile(): void {
    if (database.startsWith('postgres')) return;
    const file = new Database(database);
    // Also checks the full-text indexes.
    const found = file.pragma('integrity_check') as { integrity_check: string }[];
    for (const { integrity_check } of found) if (integrity_check !== 'ok') errors.push(integrity_check);
    if ((file.pragma('foreign_key_check') as unknown[]).length > 0) errors.push('a foreign key is broken');
    file.close();
  }

  /** Compares everything stored with everything acknowledged since the start. */
  async function check(replica: Replica): Promise<void> {
    const sessions = await readAll(replica, '/chat/sessions');
    const tickets = new Set(sessions.map(({ ticket_number }) => ticket_number));
    if (tickets.size !== sessions.length) errors.push('a ticket number exists twice');
    const contacts = new Map<string, string>();
    const marks = new Set<string>();
    let others = 0;
    for (const { id, custom_data = {}, contact } of sessions) {
      const { mark } = custom_data;
      if (mark === undefined) {
        if (id !== shared.id && id !== questions.id) others += 1;
        continue;
      }
      if (marks.has(mark)) errors.push(`session ${mark} exists twice`);
      marks.add(mark);
      if (!unconfirmed.has(mark) && created.get(mark)?.id !== id)
        errors.push(`session ${mark} was never created`);
      const email = contact?.non_verified_email;
      if (contacts.has(email) && contacts.get(email) !== contact.id) errors.push(`${email} exists twice`);
      contacts.set(email, contact.id);
    }
    if (others !== demoSessions) errors.push(`${others} demo sessions`);
    for (const mark of created.keys()) if (!marks.has(mark)) errors.push(`session ${mark} is lost`);
    size.sessions = sessions.length;
    const byId = new Map(sessions.map((session) => [session.id, session]));
    for (const record of [shared, ...created.values()]) {
      const { status, custom_data } = byId.get(record.id) ?? { custom_data: {} };
      const history = await readAll(replica, `/chat/sessions/${record.id}/history`);
      const events = history.map(({ event }) => (event.type === 'message' ? event.content.text : event.type));
      const judge = record === shared ? checkSharedSession : checkSession;
      errors.push(...judge(record, { status, custom_data, events }));
    }
    errors.push(...checkAnswers(questions, await answeredHistory(replica, questions.id)));
  }

  try {
    await startAndKill();
    await Promise.all([0, 1].map(start));
    const [replica] = replicas as [Replica];
    shared = { ...(await replica.call('POST', '/chat/sessions', {})), events: [], unconfirmed: [] };
    questions = { ...(await replica.call('POST', '/chat/sessions', {})), asked: [], unconfirmed: [] };
    for (let number = 0; number < rounds; number++) {
      await round(number);
      // Not every round: it checks all rounds so far, which is slow.
      if (number === rounds - 1 || number % 5 === 4) await check(replicas[random.below(2)] as Replica);
    }
  } finally {
    await Promise.all(processes.map((one) => one.kill()));
  }
  return { size, errors };
}

/** The history once all questions are answered, or after 10 seconds. */
async function answeredHistory(replica: Replica, id: string) {
  for (let attempts = 0; ; attempts++) {
    const history = await readAll(replica, `/chat/sessions/${id}/history`);
    if (isAnswered(history) || attempts === 100) return history;
    await pause(100);
  }
}

/** A counter. `more(n)` resolves when it has risen by `n`. */
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

/** All items of a paged list. */
// biome-ignore lint/suspicious/noExplicitAny: parsed responses
async function readAll(replica: Replica, path: string): Promise<any[]> {
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
