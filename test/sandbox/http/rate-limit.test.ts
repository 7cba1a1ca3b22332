import { expect, test } from 'vitest';
import { call, create, open, sharedDatabase } from '../../support/sandbox/harness.ts';
import { postgresAddress } from '../../support/sandbox/postgres.ts';

const state = (headers: Headers) => [
  headers.get('x-ratelimit-limit'),
  headers.get('x-ratelimit-remaining'),
  headers.get('retry-after'),
];

test('counts every authenticated request of a key, rejected ones too, and returns when to retry', async () => {
  const sandbox = await open({ rateLimit: 4 });
  const scoped = await sandbox.mintKey(['chat-sessions:read']);
  const answers = [
    await call(sandbox, 'GET', '/chat/sessions'),
    await call(sandbox, 'GET', '/chat/sessions/x'),
    await call(sandbox, 'POST', '/chat/sessions', { raw: '{' }),
    await call(sandbox, 'GET', '/chat/nothing'),
    await call(sandbox, 'GET', '/chat/sessions'),
    await call(sandbox, 'POST', '/chat/sessions', { body: {} }),
  ];
  expect(answers.map((answer) => [answer.status, ...state(answer.headers).slice(0, 2)])).toEqual([
    [200, '4', '3'],
    [404, '4', '2'],
    [400, '4', '1'],
    [404, '4', '0'],
    [429, '4', '0'],
    [429, '4', '0'],
  ]);
  for (const { headers } of answers) {
    const reset = headers.get('x-ratelimit-reset') ?? '';
    expect(reset).toMatch(/^\d+$/);
    expect(Number(reset)).toBeGreaterThan(50);
    expect(Number(reset)).toBeLessThanOrEqual(60);
  }
  const last = answers[5];
  expect(last?.headers.get('retry-after')).toBe(last?.headers.get('x-ratelimit-reset'));
  expect(last?.body.message).toContain('4 requests per minute');

  const other = await call(sandbox, 'POST', '/chat/sessions', { key: scoped, body: {} });
  expect([other.status, ...state(other.headers)]).toEqual([403, '4', '3', null]);
  expect((await call(sandbox, 'GET', '/chat/sessions', { key: scoped })).body.items).toEqual([]);
});

test('does not count requests without a key', async () => {
  const sandbox = await open({ rateLimit: 1 });
  for (let n = 0; n < 3; n++) {
    const answer = await call(sandbox, 'GET', '/chat/sessions', { key: null });
    expect([answer.status, ...state(answer.headers)]).toEqual([401, null, null, null]);
    expect((await call(sandbox, 'GET', '/openapi.json', { key: null })).status).toBe(200);
  }
  expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
});

test('0 means no limit and no headers', async () => {
  const sandbox = await open({ rateLimit: 0 });
  for (let n = 0; n < 150; n++) await create(sandbox);
  const { headers } = await call(sandbox, 'GET', '/chat/sessions');
  expect(state(headers)).toEqual([null, null, null]);
});

test.each([-1, 1.5, Number.NaN])('a limit of %d is rejected', async (rateLimit) => {
  await expect(open({ rateLimit })).rejects.toThrow(/rate limit/);
});

test('two sandboxes share the limit of a key on PostgreSQL; on a SQLite file each has its own', async () => {
  const database = await sharedDatabase();
  const both = [await open({ database, rateLimit: 5, key: 'shared-key' })];
  both.push(await open({ database, rateLimit: 5, key: 'shared-key' }));
  const statuses = [];
  for (let n = 0; n < 12; n++) {
    const sandbox = both[n % 2];
    if (sandbox) statuses.push((await call(sandbox, 'GET', '/chat/sessions')).status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(postgresAddress ? 5 : 10);
  expect(statuses.at(-1)).toBe(429);
});
