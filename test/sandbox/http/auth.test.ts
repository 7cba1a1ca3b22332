import { describe, expect, test } from 'vitest';
import { routes } from '../../../src/contract/routes.ts';
import { call, create, everything, open, sandboxForAll } from '../../support/sandbox/harness.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
/** For requests that change nothing. */
const readOnlySandbox = sandboxForAll();

describe('keys', () => {
  const unauthorized = { statusCode: 401, message: 'Unauthorized', error: 'Unauthorized' };

  test.each([
    null,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Basic KEY',
    'KEY',
    'Bearer KEY KEY',
    'Bearer KEYx',
    'Bearer "KEY"',
  ])('Authorization %j is a 401, whatever the path', async (header) => {
    const sandbox = readOnlySandbox();
    for (const [method, path] of [
      ['GET', '/chat/sessions'],
      ['POST', '/chat/sessions'],
      ['GET', `/chat/sessions/${unknownId}`],
      ['GET', '/chat/nothing'],
    ] as const) {
      const headers = header === null ? {} : { authorization: header.replaceAll('KEY', sandbox.key) };
      const answer = await call(sandbox, method, path, { key: null, headers });
      expect([answer.status, answer.body]).toEqual([401, unauthorized]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('the scheme is case-insensitive', async () => {
    const sandbox = await open();
    const headers = { authorization: `bearer ${sandbox.key}` };
    expect((await call(sandbox, 'GET', '/chat/sessions', { key: null, headers })).status).toBe(200);
  });

  test('a given key is accepted, and a generated one starts with ocx_sandbox_', async () => {
    const sandbox = await open({ key: 'my-own-key' });
    expect(sandbox.key).toBe('my-own-key');
    expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
    expect((await open()).key).toMatch(/^ocx_sandbox_[\w-]{32}$/);
    expect((await open()).key).not.toBe((await open()).key);
  });

  test.each(['', 'two words', 'snö', 'a\nb'])(
    'rejects the key %j, which is not valid in a header',
    async (key) => {
      await expect(open({ key })).rejects.toThrow(/key/);
    },
  );

  test('a key can do what its scopes allow, and a 403 names the missing scope', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    const before = await everything(sandbox);
    const reader = await sandbox.mintKey(['chat-sessions:read']);
    const writer = await sandbox.mintKey(['chat-sessions:write']);
    const full = await sandbox.mintKey();
    const none = await sandbox.mintKey([]);
    for (const route of Object.values(routes)) {
      const path = `${route.path.replace('{session_id}', id)}${route.path.endsWith('search') ? '?q=a' : ''}`;
      // An invalid body: a request that passes authorization gets a 400.
      const options = route.method === 'GET' ? {} : { body: { status: 0, channel: 0 } };
      for (const key of [reader, writer, full, none]) {
        const allowed =
          key === full ||
          (key === reader ? route.scope.endsWith(':read') : key === writer && route.scope.endsWith(':write'));
        const answer = await call(sandbox, route.method, path, { key, ...options });
        expect([route.operationId, answer.status]).toEqual([
          route.operationId,
          allowed ? (route.method === 'GET' ? 200 : 400) : 403,
        ]);
        if (!allowed) expect(answer.body.message).toContain(route.scope);
      }
    }
    expect(await everything(sandbox)).toEqual(before);
  });
});
