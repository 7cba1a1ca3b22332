import { expect, test } from 'vitest';
import type { RequestLog } from '../../src/sandbox/http/app.ts';
import { openSandbox, resetSandbox } from '../../src/sandbox/index.ts';
import { call, create, everything, open, pages, send, sharedDatabase } from '../support/sandbox/harness.ts';

const now = () => new Date('2026-03-04T10:00:00Z');

test('health checks need no key and do not count against the limit', async () => {
  const sandbox = await open({ rateLimit: 1 });
  for (const path of ['/healthz', '/readyz', '/healthz', '/readyz']) {
    const answer = await call(sandbox, 'GET', path, { key: null });
    expect([path, answer.status, answer.body]).toEqual([path, 200, { status: 'ok' }]);
  }
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
});

test('a sandbox without its database is healthy but not ready', async () => {
  const errors: unknown[] = [];
  const sandbox = await openSandbox({
    database: await sharedDatabase(),
    rateLimit: 0,
    seed: 0,
    onError: (error) => errors.push(error),
  });
  await sandbox.close();
  expect((await call(sandbox, 'GET', '/healthz')).status).toBe(200);
  expect((await call(sandbox, 'GET', '/readyz')).status).toBe(503);
  expect(errors).toHaveLength(1);
});

test('onResponse gets every response, without query, key or file id', async () => {
  const logged: RequestLog[] = [];
  const sandbox = await open({ onResponse: (entry) => logged.push(entry) });
  const { headers } = await call(sandbox, 'GET', '/chat/sessions/search?q=secret+name');
  await call(sandbox, 'GET', '/files/unguessable-name-of-a-file', { key: null });
  expect(logged).toEqual([
    {
      requestId: headers.get('x-request-id'),
      method: 'GET',
      path: '/chat/sessions/search',
      status: 200,
      took: expect.any(Number),
    },
    {
      requestId: expect.any(String),
      method: 'GET',
      path: '/files/...',
      status: 404,
      took: expect.any(Number),
    },
  ]);
  expect(JSON.stringify(logged)).not.toMatch(/secret|unguessable/);
});

test.each([0, 5, 67, 450])('demo data of %i sessions has that size and is reproducible', async (seed) => {
  const [one, two] = [await open({ seed, now }), await open({ seed, now })];
  const sessions = (await pages(one, '/chat/sessions')).flat();
  expect(sessions).toHaveLength(seed);
  expect(sessions.map((session) => session.ticket_number)).toEqual(
    Array.from({ length: seed }, (_, index) => 4500 + seed - index),
  );
  if (seed <= 67) expect(await everything(one)).toEqual(await everything(two));
  else expect((await pages(two, '/chat/sessions')).flat()).toEqual(sessions);
  // Written stories are used first; generated ones are older than all of them.
  if (seed > 0) expect(sessions.some((session) => session.contact?.name === 'Amelia Hart')).toBe(true);
  expect(sessions.filter((session) => session.created_at > '2026-02-06T10:00:00Z')).toHaveLength(
    Math.min(seed, 67),
  );
});

test('a reset replaces all data by the demo data, even while a sandbox is running', async () => {
  const database = await sharedDatabase();
  const sandbox = await open({ database, seed: 5 });
  const id = await create(sandbox, { contact: { name: 'Somebody New', email: 'new@example.com' } });
  await send(sandbox, id, { message: { type: 'text', text: 'An unheard word: quixotry' } });
  const found = async () => (await call(sandbox, 'GET', '/chat/sessions/search?q=quixotry')).body.messages;
  expect(await found()).toHaveLength(1);
  expect((await resetSandbox(database, 30)).sessions).toBe(30);
  const sessions = (await pages(sandbox, '/chat/sessions')).flat();
  expect(sessions.map((session) => session.ticket_number)).toEqual(
    Array.from({ length: 30 }, (_, index) => 4530 - index),
  );
  expect(await found()).toEqual([]);
  const { contacts } = (await call(sandbox, 'GET', '/chat/sessions/search?q=somebody+new')).body;
  expect(contacts).toEqual([]);
  expect((await call(sandbox, 'GET', `/chat/sessions/${id}`)).status).toBe(404);
  await send(sandbox, await create(sandbox));
});
