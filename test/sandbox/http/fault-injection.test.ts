import { expect, test } from 'vitest';
import { call, clock, create, events, open, read } from '../../support/sandbox/harness.ts';

const path = '/_sandbox/faults';
const openFaulty = async () => {
  const sandbox = await open({ testControls: true, now: clock().now, rateLimit: 50 });
  const inject = async (body: unknown) => call(sandbox, 'POST', path, { body });
  return { sandbox, inject, id: await create(sandbox) };
};
const hello = { body: { sender: 'contact', message: { type: 'text', text: 'Hello' } } };

test('fault injection is off by default', async () => {
  const sandbox = await open();
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect((await call(sandbox, method, path)).status).toBe(404);
  }
});

test('fault injection requires a key with write access', async () => {
  const { sandbox } = await openFaulty();
  const key = await sandbox.mintKey(['chat-sessions:read']);
  const body = { kind: 'reset' };
  expect((await call(sandbox, 'POST', path, { body, key: null })).status).toBe(401);
  expect((await call(sandbox, 'POST', path, { body, key })).status).toBe(403);
  expect((await call(sandbox, 'GET', path)).body).toEqual({ pending: [] });
});

test('faults affect the given number of requests, of the given operation only', async () => {
  const { sandbox, inject, id } = await openFaulty();
  await inject({ kind: 'fail', status: 500, count: 2, operation: 'getChatSession' });
  expect((await inject({ kind: 'rate_limit', retry_after_seconds: 7 })).body.pending).toEqual([
    { kind: 'fail', status: 500, count: 2, operation: 'getChatSession', carried_out: false },
    { kind: 'rate_limit', retry_after_seconds: 7, count: 1 },
  ]);
  const limited = await call(sandbox, 'GET', '/chat/sessions/search?q=x');
  expect(limited.status).toBe(429);
  const names = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
  expect(names.map((name) => limited.headers.get(name))).toEqual(['7', '50', '0', '7']);
  const one = async () => (await call(sandbox, 'GET', `/chat/sessions/${id}`)).status;
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
  expect([await one(), await one(), await one()]).toEqual([500, 500, 200]);
});

test('DELETE clears pending faults', async () => {
  const { sandbox, inject } = await openFaulty();
  await inject({ kind: 'fail', count: 1000 });
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(503);
  expect((await call(sandbox, 'GET', path)).body.pending).toMatchObject([{ count: 999 }]);
  expect((await call(sandbox, 'DELETE', path)).body).toEqual({ pending: [] });
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
});

test.each([
  [false, 0],
  [true, 1],
])('a failure with carried_out %s leaves %i messages', async (carried_out, left) => {
  const { sandbox, inject, id } = await openFaulty();
  await inject({ kind: 'fail', carried_out });
  const answer = await call(sandbox, 'POST', `/chat/sessions/${id}/send`, hello);
  expect([answer.status, answer.body.message]).toEqual([503, 'Injected fault']);
  expect(await events(sandbox, id)).toHaveLength(left);
  await inject({ kind: 'fail', carried_out });
  const body = { status: 'closed_resolved' };
  // The length of 0 of the hidden response must not leak into the error.
  expect((await call(sandbox, 'PATCH', `/chat/sessions/${id}`, { body })).body.statusCode).toBe(503);
});

test.each([
  [false, 0],
  [true, 1],
])('a reset with carried_out %s resets the connection and leaves %i messages', async (carried_out, left) => {
  const { sandbox, inject, id } = await openFaulty();
  const { url } = await sandbox.listen({ port: 0 });
  const headers = { authorization: `Bearer ${sandbox.key}`, 'content-type': 'application/json' };
  const send = () =>
    fetch(`${url}/chat/sessions/${id}/send`, { method: 'POST', headers, body: JSON.stringify(hello.body) });
  await inject({ kind: 'reset', carried_out });
  const error = await send().catch((error: unknown) => error);
  expect(error).toMatchObject({ cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) } });
  expect(await events(sandbox, id)).toHaveLength(left);
  expect((await read(await send())).status).toBe(200);
  await inject({ kind: 'reset' });
  await expect(call(sandbox, 'GET', '/chat/sessions')).rejects.toThrow('reset');
});

test('a slow fault delays the response', async () => {
  const { sandbox, inject } = await openFaulty();
  await inject({ kind: 'slow', delay_ms: 60 });
  const began = performance.now();
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
  // Timers may be late, but not early.
  expect(performance.now() - began).toBeGreaterThan(55);
});

test.each([
  [{}, 'kind: must be one of slow, fail, reset, rate_limit'],
  [{ kind: 'explode' }, 'kind: must be one of slow, fail, reset, rate_limit'],
  [{ kind: 'slow', delay_ms: 120_001 }, 'delay_ms: must be at most 120000'],
  [{ kind: 'fail', status: 200 }, 'status: must be at least 400'],
  [{ kind: 'fail', count: 0 }, 'count: must be at least 1'],
  [{ kind: 'reset', count: 1001 }, 'count: must be at most 1000'],
  [{ kind: 'reset', operation: 'nothing' }, 'operation: must be one of createChatSession,'],
  [{ kind: 'rate_limit', retry_after_seconds: 1.5 }, 'retry_after_seconds: must be a whole number'],
  [{ kind: 'rate_limit', carried_out: true }, 'body: has unknown keys: carried_out'],
])('%j is rejected with the field at fault', async (body, why) => {
  const { sandbox, inject } = await openFaulty();
  const answer = await inject(body);
  expect(answer.status).toBe(400);
  expect(answer.body.message).toContain(why);
  expect((await call(sandbox, 'GET', path)).body).toEqual({ pending: [] });
});

test('POST /_sandbox/reset replaces the data and clears pending faults', async () => {
  const { sandbox, inject } = await openFaulty();
  await inject({ kind: 'fail', count: 1000 });
  expect((await call(sandbox, 'POST', '/_sandbox/reset', { body: { seed: 2 } })).body).toEqual({
    sessions: 2,
  });
  expect((await call(sandbox, 'GET', '/chat/sessions')).body.items).toHaveLength(2);
  expect((await call(sandbox, 'POST', '/_sandbox/reset', { body: {} })).body).toEqual({ sessions: 0 });
  const refused = await call(sandbox, 'POST', '/_sandbox/reset', { body: { seed: 'many' } });
  expect([refused.status, refused.body.message]).toEqual([
    400,
    'seed: must be false, true, or a number of sessions',
  ]);
  const key = await sandbox.mintKey(['chat-sessions:read']);
  expect((await call(sandbox, 'POST', '/_sandbox/reset', { body: {}, key })).status).toBe(403);
});
