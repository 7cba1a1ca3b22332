import { describe, expect, test } from 'vitest';
import type { RequestLog } from '../../../src/sandbox/http/app.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { call, create, get, open, sandboxForAll, sharedDatabase } from '../../support/sandbox/harness.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
/** For requests that change nothing. */
const readOnlySandbox = sandboxForAll();

describe('paths', () => {
  test.each([
    unknownId,
    'x',
    'search2',
    '%00',
    `${unknownId}%00`,
    '%F0%9F%98%80',
    '%FF',
    '%',
    '%zz',
    '%2F',
    '..%2F..%2Fetc',
    '%252e%252e',
    "'%20or%201=1--",
    '*',
    'null',
    'undefined',
    '-'.repeat(36),
    'a'.repeat(10_000),
    '%E2%80%AE',
  ])('session id %s is a 404 in every operation', async (id) => {
    const sandbox = readOnlySandbox();
    const send = { sender: 'contact', message: { type: 'text', text: 'x' } };
    for (const answer of [
      await call(sandbox, 'GET', `/chat/sessions/${id}`),
      await call(sandbox, 'GET', `/chat/sessions/${id}/history`),
      await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body: { status: 'open' } }),
      await call(sandbox, 'POST', `/chat/sessions/${id}/send`, { body: send }),
    ]) {
      expect([answer.status, answer.body]).toEqual([
        404,
        { statusCode: 404, message: 'Session not found', error: 'Not Found' },
      ]);
    }
  });

  test('a session id is one segment, even with an encoded slash', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    expect((await call(sandbox, 'GET', `/chat/sessions/${id}%2Fhistory`)).status).toBe(404);
    expect((await call(sandbox, 'GET', `/chat/sessions/%7b${id}`)).status).toBe(404);
    expect((await call(sandbox, 'GET', `/chat/sessions/${id}%00`)).status).toBe(404);
    expect((await call(sandbox, 'GET', `/chat/sessions/${id}%20`)).status).toBe(404);
    expect(
      (
        await call(
          sandbox,
          'GET',
          `/chat/sessions/${id.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
        )
      ).body.id,
    ).toBe(id);
    expect((await call(sandbox, 'GET', `/chat/sessions/${id.toUpperCase()}`)).body.id).toBe(id);
  });

  test.each([
    '/',
    '/nothing',
    '/chat',
    '/chat/sessions/',
    '/chat/sessions/a/b',
    '/chat/sessions/a/send/x',
    '/v1/chat/sessions',
  ])('%s is a 404', async (path) => {
    const sandbox = readOnlySandbox();
    expect((await call(sandbox, 'GET', path)).status).toBe(404);
  });

  test('another method is a 405 that lists the allowed ones', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    for (const [method, path, allow] of [
      ['DELETE', '/chat/sessions', 'POST, GET'],
      ['PUT', `/chat/sessions/${id}`, 'GET, PATCH'],
      ['DELETE', `/chat/sessions/${id}`, 'GET, PATCH'],
      ['GET', `/chat/sessions/${id}/send`, 'POST'],
      ['POST', `/chat/sessions/${id}/history`, 'GET'],
    ] as const) {
      const answer = await call(sandbox, method, path);
      expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([method, path, 405, allow]);
    }
    expect((await get(sandbox, id)).status).toBe('open');
  });
});

test('an internal error is a 500 without detail', async () => {
  let broken = false;
  const sandbox = await open({
    now: () => {
      if (broken) {
        broken = false;
        throw new Error('secret of the server');
      }
      return new Date();
    },
  });
  broken = true;
  const answer = await call(sandbox, 'POST', '/chat/sessions', { body: {} });
  expect(answer.body).toEqual({
    statusCode: 500,
    message: 'Internal Server Error',
    error: 'Internal Server Error',
  });
  expect((await call(sandbox, 'GET', '/chat/sessions')).body.items).toEqual([]);
});

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
