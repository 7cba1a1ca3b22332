import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createClient, type SessionsClient } from '../../src/client/client.ts';
import type { Answer } from '../../src/conversations/context.ts';
import type { CallDependencies } from '../../src/pipeline/call.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { openSendLog } from '../../src/state/files/send-log.ts';
import { expectEveryTool } from '../support/covers-every-tool.ts';
import { plainDoor } from '../support/plain-door.ts';

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

describe('a transport without MCP', () => {
  it('runs every tool', async () => {
    const { door, questions } = setUp();
    const session_id = await newSession();
    const callArguments: Record<string, object> = {
      list_sessions: { limit: 3, include_last_message: true },
      search_sessions: { query: 'order' },
      get_session: { session_id, history_limit: 5 },
      get_session_history: { session_id },
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
