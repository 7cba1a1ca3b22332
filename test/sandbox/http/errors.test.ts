import { describe, expect, test } from 'vitest';
import { routes } from '../../../src/contract/routes.ts';
import { call, create, everything, get, open, sandboxForAll } from '../../support/sandbox/harness.ts';

const unknownId = '11111111-1111-4111-8111-111111111111';
/** For requests that change nothing. */
const untouched = sandboxForAll();

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
  ])('authorization %j is a 401, before anything is read', async (header) => {
    const sandbox = untouched();
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

  test('the scheme is read in any case', async () => {
    const sandbox = await open();
    const headers = { authorization: `bearer ${sandbox.key}` };
    expect((await call(sandbox, 'GET', '/chat/sessions', { key: null, headers })).status).toBe(200);
  });

  test('a given key is accepted, a minted one looks like the sandbox', async () => {
    const sandbox = await open({ key: 'my-own-key' });
    expect(sandbox.key).toBe('my-own-key');
    expect((await call(sandbox, 'GET', '/chat/sessions')).status).toBe(200);
    expect((await open()).key).toMatch(/^ocx_sandbox_[\w-]{32}$/);
    expect((await open()).key).not.toBe((await open()).key);
  });

  test.each(['', 'two words', 'snö', 'a\nb'])('a key %j that no header can carry is refused', async (key) => {
    await expect(open({ key })).rejects.toThrow(/key/);
  });

  test('a key does what its scopes allow, and a 403 names the one it lacks', async () => {
    const sandbox = await open();
    const id = await create(sandbox);
    const before = await everything(sandbox);
    const reader = await sandbox.mintKey(['chat-sessions:read']);
    const writer = await sandbox.mintKey(['chat-sessions:write']);
    const full = await sandbox.mintKey();
    const none = await sandbox.mintKey([]);
    for (const route of Object.values(routes)) {
      const path = `${route.path.replace('{session_id}', id)}${route.path.endsWith('search') ? '?q=a' : ''}`;
      // A body that is refused: who gets as far as the body gets a 400.
      const options = route.method === 'GET' ? {} : { body: { status: 0, channel: 0 } };
      for (const key of [reader, writer, full, none]) {
        const may =
          key === full ||
          (key === reader ? route.scope.endsWith(':read') : key === writer && route.scope.endsWith(':write'));
        const answer = await call(sandbox, route.method, path, { key, ...options });
        expect([route.operationId, answer.status]).toEqual([
          route.operationId,
          may ? (route.method === 'GET' ? 200 : 400) : 403,
        ]);
        if (!may) expect(answer.body.message).toContain(route.scope);
      }
    }
    expect(await everything(sandbox)).toEqual(before);
  });
});

describe('addresses', () => {
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
  ])('session %s is a 404 everywhere', async (id) => {
    const sandbox = untouched();
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

  test('one segment is one id: an encoded slash does not lead elsewhere', async () => {
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
  ])('%s is nowhere', async (path) => {
    const sandbox = untouched();
    expect((await call(sandbox, 'GET', path)).status).toBe(404);
  });

  test('another method is a 405 that says which one fits', async () => {
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

describe('bodies', () => {
  const post = async (raw: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>) => {
    const sandbox = untouched();
    const before = await everything(sandbox);
    const answer = await call(sandbox, 'POST', '/chat/sessions', { raw, ...(headers && { headers }) });
    if (answer.status !== 200) expect(await everything(sandbox)).toEqual(before);
    return [answer.status, answer.body.message] as const;
  };

  test.each(['{', '', ' ', '{"a":1}x', '{a:1}', "{'a':1}", '[', 'undefined', '{"a":1,}', '{"a":"\n"}'])(
    '%j is no JSON',
    async (raw) => {
      expect(await post(raw)).toEqual([400, expect.stringMatching(/^body: /)]);
    },
  );

  test.each(['null', '1', '"x"', 'true', '[]', '[{}]'])('%s is no object', async (raw) => {
    expect(await post(raw)).toEqual([400, 'body: must be an object']);
  });

  test('bytes that are no UTF-8 are refused, a byte order mark is not', async () => {
    expect(await post(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toEqual([
      400,
      'body: must be valid JSON in UTF-8',
    ]);
    expect(await post('\ufeff{}')).toEqual([200, undefined]);
  });

  test.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/vnd.x+json', 200],
    ['text/plain', 415],
    ['text/json', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['', 415],
  ])('content type %j is a %i', async (type, status) => {
    expect((await post('{}', { 'content-type': type }))[0]).toBe(status);
  });

  test('a compressed body is refused', async () => {
    expect(await post('{}', { 'content-encoding': 'gzip' })).toEqual([
      415,
      expect.stringMatching(/^content-encoding: /),
    ]);
  });

  test.each([
    [
      '{"custom_data":{"address":{"city":"x"}}}',
      'custom_data.address: must be a string, a number or a boolean',
    ],
    ['{"custom_data":{"tags":["x"]}}', 'custom_data.tags: must be a string, a number or a boolean'],
    ['{"custom_data":{"none":null}}', 'custom_data.none: must be a string, a number or a boolean'],
    ['{"custom_data":{"big":1e999}}', 'custom_data.big: must be a finite number'],
    ['{"custom_data":"x"}', 'custom_data: must be an object'],
    ['{"custom_data":null}', 'custom_data: must be an object'],
    ['{"contact":{"custom_data":{"a":1}}}', 'contact.custom_data.a: must be a string (contact'],
    ['{"contact":{"custom_data":{"a":null}}}', 'contact.custom_data.a: must be a string (contact'],
    ['{"contact":{"email":"x@y"}}', 'contact.email: must be an e-mail address'],
    ['{"contact":{"email":""}}', 'contact.email: must be an e-mail address'],
    ['{"contact":{"name":7}}', 'contact.name: must be a string'],
    ['{"contact":[]}', 'contact: must be an object'],
    ['{"contact_id":"x"}', 'contact_id: must be a UUID'],
    ['{"contact_id":null}', 'contact_id: must be a string'],
    ['{"channel":{"type":"fax"}}', 'channel.type: must be one of web, email'],
    ['{"channel":{}}', 'channel.type: is required'],
    ['{"channel":"web"}', 'channel: must be an object'],
    ['{"channel":null}', 'channel: must be an object'],
    ['{"verified":"true"}', 'verified: must be a boolean'],
    ['{"custom_data":{"__proto__":"x"}}', 'custom_data: the key "__proto__" is not accepted'],
    ['{"custom_data":{"\\u005f_proto__":{"a":1}}}', 'custom_data: the key "__proto__" is not accepted'],
    [
      '{"contact":{"custom_data":{"__proto__":"x"}}}',
      'contact.custom_data: the key "__proto__" is not accepted',
    ],
    ['{"__proto__":{"verified":true}}', 'body: the key "__proto__" is not accepted'],
    ['{"custom_data":{"a":"x\\u0000y"}}', 'custom_data.a: must not contain a NUL'],
    ['{"custom_data":{"a\\u0000":"x"}}', 'custom_data: the key "a\\u0000" is not accepted'],
  ])('%s is refused by name', async (raw, message) => {
    const [status, said] = await post(raw);
    expect([status, said.slice(0, message.length)]).toEqual([400, message]);
  });

  test('nesting without end is refused before it is walked or written', async () => {
    const deep = `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(await post(deep)).toEqual([400, 'x.0.0.0.0.0.0.0.0.0: is nested too deeply']);
  });

  test('keys that JavaScript has a meaning for are data like others', async () => {
    const sandbox = await open();
    const custom_data = { constructor: 'a', prototype: 'b', toString: 'c', hasOwnProperty: true };
    const id = await create(sandbox, { custom_data, contact: { custom_data: { constructor: 'x' } } });
    const session = await get(sandbox, id);
    expect(session.custom_data).toEqual(custom_data);
    expect(session.contact.non_verified_custom_data).toEqual({ constructor: 'x' });
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });

  test('faults are named together, but not without end', async () => {
    const custom_data = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, null]));
    const [, message] = await post(JSON.stringify({ verified: 1, custom_data }));
    expect(message.split('; ')).toHaveLength(5);
  });

  test('over 10 MB is a 413, whatever the length says', async () => {
    const sandbox = await open();
    const big = JSON.stringify({ custom_data: { a: 'x'.repeat(10 * 1024 * 1024) } });
    const chunked = () => new Blob([big]).stream() as unknown as string;
    for (const options of [
      { raw: big },
      { raw: chunked() },
      { raw: chunked(), headers: { 'content-length': '2' } },
      { raw: '{}', headers: { 'content-length': '99999999' } },
    ]) {
      const answer = await call(sandbox, 'POST', '/chat/sessions', options);
      expect(answer.status).toBe(413);
    }
    const just = JSON.stringify({ custom_data: { a: 'x'.repeat(10 * 1024 * 1024 - 30) } });
    expect((await call(sandbox, 'POST', '/chat/sessions', { raw: just })).status).toBe(200);
    expect((await call(sandbox, 'GET', '/chat/sessions')).body.items).toHaveLength(1);
  });
});

test('a fault of our own is a 500 without detail', async () => {
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
