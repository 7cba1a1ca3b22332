import { expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { startSandbox, type TestSandboxOptions } from '../../src/sandbox/testing.ts';
import { atEnd } from '../support/sandbox/harness.ts';

const start = '2026-01-31T09:00:00.000Z';

async function open(options: TestSandboxOptions = {}) {
  const sandbox = await startSandbox({ now: start, ...options });
  const client = createClient({ apiKey: sandbox.key, baseUrl: sandbox.url });
  atEnd(async () => {
    await client.close();
    await sandbox.close();
  });
  const create = async () => (await client.createSession({ channel: { type: 'api' } })).id;
  const ask = (id: string, text: string) =>
    client.sendMessage(id, { sender: 'contact', message: { type: 'text', text } });
  return { sandbox, client, create, ask };
}

test('a test sandbox starts empty and shows what is stored', async () => {
  const { sandbox, create, ask } = await open();
  expect(await sandbox.sessions()).toEqual([]);
  const id = await create();
  await ask(id, 'Hello');
  expect((await sandbox.session(id)).status).toBe('open');
  expect((await sandbox.history(id)).map(({ event }) => event.content?.text)).toEqual(['Hello']);
  await expect(sandbox.session('unknown')).rejects.toMatchObject({ status: 404 });
});

test('all pages of what is stored are shown', async () => {
  const { sandbox } = await open({ seed: 67 });
  const sessions = await sandbox.sessions();
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(67);
});

test.each<[object, string]>([
  [{ sed: true }, 'options: has unknown keys: sed'],
  [{ seed: -1 }, 'seed: must be at least 0'],
  [{ answerAfterMs: '1s' }, 'answerAfterMs: must be a number'],
  [{ closeAfterMs: 1000 }, 'closeAfterMs: needs answerAfterMs'],
  [{ now: 'soon' }, 'Not a time: soon.'],
])('is not started with %j', async (options, problem) => {
  await expect(startSandbox(options)).rejects.toThrow(problem);
});

test('changes nothing for a seed or a time that is none', async () => {
  const { sandbox, create } = await open();
  await create();
  await expect(sandbox.reset('x' as unknown as number)).rejects.toThrow('seed: must be false, true, or');
  expect(await sandbox.sessions()).toHaveLength(1);
  for (const ms of [-5, Number.NaN, '1h' as unknown as number])
    await expect(sandbox.clock.advance(ms)).rejects.toThrow(
      `Not a number of milliseconds, 0 or more: ${typeof ms === 'number' ? ms : '"1h"'}.`,
    );
  expect(sandbox.clock.now()).toEqual(new Date(start));
});

test('the clock stands still until it is moved, and the AI follows it', async () => {
  const { sandbox, create, ask } = await open({ answerAfterMs: 60_000 });
  const id = await create();
  await ask(id, 'Where is my order ord_10482?');
  await sandbox.clock.advance(59_999);
  expect(await sandbox.history(id)).toHaveLength(1);
  await sandbox.clock.set('2026-01-31T09:01:00Z');
  const [question, answer] = await sandbox.history(id);
  expect([question?.created_at, answer?.created_at]).toEqual([start, '2026-01-31T09:01:00.000Z']);
  expect(answer?.event.sender?.type).toBe('ai');
  expect(sandbox.clock.now()).toEqual(new Date('2026-01-31T09:01:00Z'));
});

test('silence closes a session when its time has come', async () => {
  const { sandbox, create, ask } = await open({ answerAfterMs: 0, closeAfterMs: 3_600_000 });
  const id = await create();
  await ask(id, 'How long is delivery?');
  await sandbox.clock.advance(1);
  expect((await sandbox.session(id)).status).toBe('open');
  await sandbox.clock.advance(3_600_000);
  expect((await sandbox.session(id)).status).toBe('closed_resolved');
});

test.each([400, 401, 403, 404, 409, 422, 500, 503])('a request fails with %i on demand', async (status) => {
  const { sandbox } = await open();
  sandbox.fail({ kind: 'fail', status });
  const headers = { authorization: `Bearer ${sandbox.key}` };
  const answers = [await fetch(`${sandbox.url}/chat/sessions`, { headers })];
  answers.push(await fetch(`${sandbox.url}/chat/sessions`, { headers }));
  expect(answers.map((answer) => answer.status)).toEqual([status, 200]);
});

test('what is not a fault, a time, a scope or an id is refused by name', async () => {
  const { sandbox } = await open();
  await expect(sandbox.clock.set(null as unknown as string)).rejects.toThrow('Not a time: null');
  const createKey = sandbox.createKey as (scopes?: unknown) => Promise<string>;
  await expect(createKey()).rejects.toThrow('scopes: is required');
  await expect(createKey([])).rejects.toThrow('scopes: must not be empty');
  const accepted = 'must be one of chat-sessions:read, chat-sessions:write';
  await expect(createKey(['read'])).rejects.toThrow(`scopes.0: ${accepted}`);
  for (const method of [sandbox.session, sandbox.history] as ((id?: string) => Promise<unknown>)[])
    await expect(method()).rejects.toThrow('id: is required');
  expect(() => sandbox.fail({ kind: 'fail', status: 200 })).toThrow(/status: must be at least 400/);
  await expect(sandbox.clock.set('soon')).rejects.toThrow('Not a time: soon');
  await expect(startSandbox({ now: 'soon' })).rejects.toThrow('Not a time: soon');
});

test('a reset leaves the data that it names, the keys, the clock, and no faults', async () => {
  const { sandbox, client, create } = await open();
  await create();
  sandbox.fail({ kind: 'fail' });
  await sandbox.reset();
  expect(await sandbox.sessions()).toEqual([]);
  expect((await client.listSessions()).items).toEqual([]);
  await sandbox.reset(3);
  expect(await sandbox.sessions()).toHaveLength(3);
  expect(sandbox.clock.now()).toEqual(new Date(start));
});

test('a key may be limited, and the variables point at the sandbox', async () => {
  const { sandbox } = await open();
  expect(sandbox.env).toEqual({ OPENCX_API_URL: sandbox.url, OPENCX_API_KEY: sandbox.key });
  const reader = createClient({
    apiKey: await sandbox.createKey(['chat-sessions:read']),
    baseUrl: sandbox.url,
  });
  atEnd(() => reader.close());
  await reader.listSessions();
  await expect(reader.createSession({ channel: { type: 'api' } })).rejects.toMatchObject({ status: 403 });
});

test('faults that no request has met can be cleared', async () => {
  const { sandbox, client, create } = await open();
  const id = await create();
  sandbox.fail({ kind: 'fail', status: 403, count: 5 });
  await expect(client.getSession(id)).rejects.toMatchObject({ status: 403 });
  sandbox.clearFaults();
  expect((await client.getSession(id)).id).toBe(id);
});

test('a closed sandbox says so', async () => {
  const { sandbox, create } = await open();
  const id = await create();
  await sandbox.close();
  await sandbox.close();
  const late: (() => unknown)[] = [
    () => sandbox.sessions(),
    () => sandbox.session(id),
    () => sandbox.history(id),
    () => sandbox.reset(),
    () => sandbox.createKey(['chat-sessions:read']),
    () => sandbox.clock.set(start),
    () => sandbox.clock.advance(1),
    () => sandbox.fail({ kind: 'reset' }),
    () => sandbox.clearFaults(),
  ];
  for (const call of late) await expect((async () => call())()).rejects.toThrow('The sandbox is closed.');
});
