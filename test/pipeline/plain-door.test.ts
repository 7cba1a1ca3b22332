import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createClient, type SessionsClient } from '../../src/client/client.ts';
import type { Answer } from '../../src/conversations/context.ts';
import type { CallDependencies } from '../../src/pipeline/call.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { openSendLog } from '../../src/state/files/send-log.ts';
import { plainDoor } from '../support/doors/plain-door.ts';
import { expectEveryTool } from '../support/every-tool/covers-every-tool.ts';

let sandbox: Sandbox;
let client: SessionsClient;
beforeAll(async () => {
  sandbox = await openSandbox({ database: ':memory:', rateLimit: 0 });
  const { url } = await sandbox.listen({ port: 0 });
  client = createClient({ apiKey: sandbox.key, baseUrl: url, requestsPerMinute: 0 });
});
afterAll(async () => {
  await client.close();
  await sandbox.close();
});

/** A door whose person gives `answer`. `questions` collects what the person is asked. */
function setUp(
  answer: () => Answer | Promise<Answer> = () => 'accept',
  more: Partial<CallDependencies> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-door-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const questions: string[] = [];
  const dependencies: CallDependencies = {
    client,
    sendLog: openSendLog(folder, { account: 'test' }),
    allowVerified: false,
    confirmSends: true,
    logger: { info: () => {}, error: () => {} },
    ...more,
  };
  const ask = (question: string) => {
    questions.push(question);
    return answer();
  };
  return { door: plainDoor(dependencies, { ask }), questions };
}

async function newSession(): Promise<string> {
  const { id } = await client.createSession({ channel: { type: 'web' } });
  await write(id, 'contact', 'Where is my order?');
  return id;
}

async function write(sessionId: string, sender: 'contact' | 'agent', text: string) {
  const sent = await client.sendMessage(sessionId, { sender, message: { type: 'text', text } });
  expect(sent.outcome).toBe('sent');
}

async function textsIn(sessionId: string): Promise<(string | undefined)[]> {
  const { items } = await client.listHistory(sessionId);
  return items.filter(({ event }) => event.type === 'message').map(({ event }) => event.content?.text);
}

describe('without --allow-verified', () => {
  /** A session of a person whom the platform has verified, and how it looks. */
  async function verifiedSession() {
    const { id } = await client.createSession({
      verified: true,
      contact: { name: 'Vera', email: 'vera@example.com', custom_data: { plan: 'pro' } },
    });
    return { id, look: () => client.getSession(id) };
  }

  it.each<[string, string, (id: string, contact: string) => object]>([
    ['verified: true', 'create_session', () => ({ verified: true, contact: { email: 'vera@example.com' } })],
    ['an existing contact', 'create_session', (_, contact_id) => ({ contact_id })],
    [
      'an existing contact with data',
      'create_session',
      (_, contact_id) => ({ contact_id, contact: { name: 'Mallory' } }),
    ],
    ...[{ email: 'm@example.com' }, { name: 'M.' }, { custom_data: { plan: 'free' } }, {}].map(
      (contact): [string, string, (id: string) => object] => [
        `a message with the contact ${JSON.stringify(contact)}`,
        'send_message',
        (session_id) => ({ session_id, sender: 'agent', text: 'Hello', contact }),
      ],
    ),
  ])('%s changes nothing', async (_, tool, argumentsOf) => {
    const { door, questions } = setUp();
    const { id, look } = await verifiedSession();
    const before = await look();
    const { items: listed } = await client.listSessions();
    const outcome = await door(tool, argumentsOf(id, before.contact?.id ?? ''));
    expect(outcome).toMatchObject({ kind: 'failure', text: expect.stringContaining('--allow-verified') });
    expect(outcome.text).toContain('Nothing was changed.');
    expect(await look()).toEqual(before);
    expect(await textsIn(id)).toEqual([]);
    expect((await client.listSessions()).items.map((one) => one.id)).toEqual(listed.map((one) => one.id));
    expect(questions).toEqual([]);
    const allowed = await setUp(undefined, { allowVerified: true }).door(
      tool,
      argumentsOf(id, before.contact?.id ?? ''),
    );
    expect(allowed.kind).toBe('answer');
  });

  it('a claimed contact may be changed', async () => {
    const { door } = setUp();
    const { id } = await client.createSession({ contact: { email: 'claim@example.com' } });
    const contact = { name: 'Noor' };
    const outcome = await door('send_message', { session_id: id, sender: 'agent', text: 'Hello', contact });
    expect(outcome.kind).toBe('answer');
    expect((await client.getSession(id)).contact).toMatchObject({ name: null, non_verified_name: 'Noor' });
  });

  it('the person who is found by a claim is shown with it, marked', async () => {
    const { door } = setUp();
    await client.createSession({ contact: { name: 'Zephyrine Quill', email: 'zq@example.com' } });
    const { text } = await door('search_sessions', { query: 'Zephyrine' });
    expect(text).toMatch(/^\| contact \S+ claimed: "Zephyrine Quill" "zq@example.com"$/m);
  });
});

describe('a transport without MCP', () => {
  it('runs every tool', async () => {
    const { door, questions } = setUp();
    const session_id = await newSession();
    const callArguments: Record<string, object> = {
      list_sessions: { limit: 3, include_last_message: true },
      search_sessions: { query: 'order' },
      get_session: { session_id, history_limit: 5 },
      get_session_history: { session_id },
      count_sessions: { group_by: ['channel'] },
      find_messages: { since: '24h' },
      get_attachment: { session_id, attachment: 'order.txt' },
      create_session: { contact: { email: 'door@example.com' } },
      send_message: { session_id, sender: 'agent', text: 'It left today.' },
      update_session: { session_id, status: 'closed_resolved' },
    };
    expectEveryTool(Object.keys(callArguments), 'callArguments of test/pipeline/plain-door.test.ts');
    for (const [name, given] of Object.entries(callArguments)) {
      const outcome = await door(name, given);
      expect(outcome, outcome.text).toMatchObject({ kind: 'answer' });
    }
    expect(questions).toHaveLength(1);
    expect(await textsIn(session_id)).toEqual(['Where is my order?', 'It left today.']);
  });

  it.each([
    ['decline', 'declined this message'],
    ['cancel', 'closed the question'],
    ['timeout', 'did not answer in time'],
    ['failed', 'could not ask'],
    ['unsupported', 'cannot ask'],
  ] as const)('sends nothing when the answer is %s', async (answer, reason) => {
    const { door } = setUp(() => answer);
    const session_id = await newSession();
    const outcome = await door('send_message', { session_id, sender: 'agent', text: 'Hello' });
    expect(outcome).toMatchObject({ kind: 'failure', text: expect.stringContaining(reason) });
    expect(outcome.text).toContain('Nothing was changed.');
    expect(await textsIn(session_id)).toEqual(['Where is my order?']);
  });

  it.each([
    ['decline', 'declined'],
    ['cancel', 'cancelled'],
    ['timeout', 'timed_out'],
    ['failed', 'not_asked'],
    ['unsupported', 'not_asked'],
  ] as const)('records the answer %s as %s', async (answer, outcome) => {
    const records: object[] = [];
    const audit = { ready: async () => {}, write: async (one: object) => void records.push(one) };
    const { door } = setUp(() => answer, { audit });
    const session_id = await newSession();
    await door('send_message', { session_id, sender: 'agent', text: 'Hello' });
    expect(records).toMatchObject([{ tool: 'send_message', session: session_id, outcome }]);
  });

  it('asks again when the customer writes while the question is open', async () => {
    const session_id = await newSession();
    let interrupted = false;
    const { door, questions } = setUp(async () => {
      if (!interrupted) await write(session_id, 'contact', 'Never mind!');
      interrupted = true;
      return 'accept' as const;
    });
    await door('get_session_history', { session_id });
    const outcome = await door('send_message', { session_id, sender: 'agent', text: 'It left today.' });
    expect(outcome).toMatchObject({ kind: 'answer', view: { outcome: 'sent' } });
    expect(questions).toHaveLength(2);
    expect(questions[0]).not.toContain('WARNING');
    expect(questions[1]).toContain('WARNING: the customer has written since');
    expect(await textsIn(session_id)).toEqual(['Where is my order?', 'Never mind!', 'It left today.']);
  });

  it('asks again when the session changes while the question is open', async () => {
    const session_id = await newSession();
    let closed = false;
    const { door, questions } = setUp(async () => {
      if (!closed) await client.updateSession(session_id, { status: 'closed_resolved' });
      closed = true;
      return 'accept' as const;
    });
    await door('send_message', { session_id, sender: 'agent', text: 'It left today.' });
    expect(questions.map((question) => /status: (\w+)/.exec(question)?.[1])).toEqual([
      'open',
      'closed_resolved',
    ]);
  });

  it('sends once when two equal calls are approved at the same time', async () => {
    const { door } = setUp();
    const session_id = await newSession();
    const call = () => door('send_message', { session_id, sender: 'agent', text: 'It left today.' });
    await Promise.all([call(), call()]);
    expect(await textsIn(session_id)).toEqual(['Where is my order?', 'It left today.']);
  });
});

it('a call with many requests at once makes Node warn of nothing', async () => {
  const warnings: string[] = [];
  const collect = ({ name }: Error) => warnings.push(name);
  process.on('warning', collect);
  onTestFinished(() => void process.off('warning', collect));
  const outcome = await setUp().door('search_sessions', { query: 'a' });
  expect(outcome).toMatchObject({ kind: 'answer' });
  expect(warnings).toEqual([]);
});
