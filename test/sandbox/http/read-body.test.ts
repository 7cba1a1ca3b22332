import { describe, expect, test } from 'vitest';
import { call, create, everything, get, open, sandboxForAll } from '../../support/sandbox/harness.ts';

/** For requests that change nothing. */
const readOnlySandbox = sandboxForAll();

describe('bodies', () => {
  const post = async (raw: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>) => {
    const sandbox = readOnlySandbox();
    const before = await everything(sandbox);
    const answer = await call(sandbox, 'POST', '/chat/sessions', { raw, ...(headers && { headers }) });
    if (answer.status !== 200) expect(await everything(sandbox)).toEqual(before);
    return [answer.status, answer.body.message] as const;
  };

  test.each(['{', '', ' ', '{"a":1}x', '{a:1}', "{'a':1}", '[', 'undefined', '{"a":1,}', '{"a":"\n"}'])(
    '%j is rejected as invalid JSON',
    async (raw) => {
      expect(await post(raw)).toEqual([400, expect.stringMatching(/^body: /)]);
    },
  );

  test.each(['null', '1', '"x"', 'true', '[]', '[{}]'])(
    '%s is rejected because it is not an object',
    async (raw) => {
      expect(await post(raw)).toEqual([400, expect.stringMatching(/^body: must be an object, not /)]);
    },
  );

  test('invalid UTF-8 is rejected, a byte order mark is accepted', async () => {
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

  test('a compressed body is rejected', async () => {
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
    ['{"contact":{"email":"x@y"}}', 'contact.email: must be an email address'],
    ['{"contact":{"email":""}}', 'contact.email: must be an email address'],
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
  ])('%s is rejected with the field at fault', async (raw, message) => {
    const [status, said] = await post(raw);
    expect([status, said.slice(0, message.length)]).toEqual([400, message]);
  });

  test('very deep nesting is rejected and does not overflow the stack', async () => {
    const deep = `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(await post(deep)).toEqual([400, 'x.0.0.0.0.0.0.0.0.0: is nested too deeply']);
  });

  test('names of JavaScript properties are ordinary keys', async () => {
    const sandbox = await open();
    const custom_data = { constructor: 'a', prototype: 'b', toString: 'c', hasOwnProperty: true };
    const id = await create(sandbox, { custom_data, contact: { custom_data: { constructor: 'x' } } });
    const session = await get(sandbox, id);
    expect(session.custom_data).toEqual(custom_data);
    expect(session.contact.non_verified_custom_data).toEqual({ constructor: 'x' });
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });

  test('a message names at most five invalid fields', async () => {
    const custom_data = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, null]));
    const [, message] = await post(JSON.stringify({ verified: 1, custom_data }));
    expect(message.split('; ')).toHaveLength(5);
  });

  test('over 10 MB is a 413, whatever Content-Length says', async () => {
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
