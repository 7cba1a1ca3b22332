import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type SendOutcome, type SessionsClient } from '../../src/client/client.ts';
import { InvalidRequestError, NoKeyError } from '../../src/client/errors.ts';
import { fullSession, historyItem, documentedId as id, smallestSession } from '../support/fakes/examples.ts';
import { failureOf, startUpstream, type Upstream } from '../support/fakes/http-server.ts';

let upstream: Upstream;
let client: SessionsClient;

beforeEach(async () => {
  upstream = await startUpstream();
  client = createClient({ apiKey: 'ocx_test_key', baseUrl: upstream.url, userAgent: 'tests/1.0' });
});

afterEach(async () => {
  await client.close();
  await upstream.close();
});

/** Expects a single request and returns it with its body parsed. */
function onlyRequest() {
  expect(upstream.requests).toHaveLength(1);
  const [request] = upstream.requests;
  if (request === undefined) throw new Error('no request');
  return { ...request, json: request.body === '' ? undefined : JSON.parse(request.body) };
}

describe('every operation', () => {
  it('sends the key, the user agent and the accepted type', async () => {
    upstream.script({ json: fullSession });
    const ends: unknown[] = [];
    await client.getSession(id, { onRequest: () => (end) => void ends.push(end) });
    expect(ends).toEqual([{ status: 200, error: undefined }]);
    expect(onlyRequest().headers).toMatchObject({
      authorization: 'Bearer ocx_test_key',
      'user-agent': 'tests/1.0',
      accept: 'application/json',
    });
  });

  it('keeps the path of the base URL, with or without trailing slashes', async () => {
    for (const prefix of ['/eu/v1', '/eu/v1/', '/eu/v1//']) {
      const prefixed = createClient({ apiKey: 'k', baseUrl: upstream.url + prefix });
      upstream.script({ json: { items: [], next: null } });
      await prefixed.listSessions({ status: 'open' });
      expect(upstream.requests.at(-1)?.target).toBe('/eu/v1/chat/sessions?status=open');
      await prefixed.close();
    }
  });

  it.each([undefined, ''])('fails without a key (%j) before anything is sent', async (apiKey) => {
    const keyless = createClient({ apiKey, baseUrl: upstream.url });
    const calls: Promise<unknown>[] = [
      keyless.listSessions(),
      keyless.sessionPages().next(),
      keyless.searchSessions({ q: 'x' }),
      keyless.getSession(id),
      keyless.createSession({}),
      keyless.updateSession(id, { status: 'open' }),
      keyless.listHistory(id),
      keyless.historyPages(id).next(),
    ];
    for (const call of calls) expect(await failureOf(call)).toBeInstanceOf(NoKeyError);
    const sent = await keyless.sendMessage(id, { sender: 'agent', message: { type: 'text', text: 'x' } });
    expect(sent).toMatchObject({ outcome: 'rejected', error: { kind: 'no_key' } });
    expect(upstream.connections()).toBe(0);
    await keyless.close();
  });

  it.each(['http://api.example.com', 'http://localhost.example.com', 'http://127.0.0.1.example.com'])(
    'is refused for %s, where others could read the key',
    (baseUrl) => {
      expect(() => createClient({ apiKey: 'ocx_test_key', baseUrl })).toThrow(/plain http exposes the key/);
    },
  );

  it('is refused with an option that does not exist, which may have been the address', () => {
    const misspelt = { apiKey: 'ocx_test_key', baseURL: upstream.url };
    expect(() => createClient(misspelt)).toThrow('baseURL is not an option: apiKey, baseUrl, ');
  });

  it.each([
    ['ocx_test_key', 'The options must be an object, not a string.'],
    [null, 'The options must be an object, not null.'],
    [new URLSearchParams('apiKey=x'), 'The options must be a plain object.'],
    [{ apiKey: 5 }, 'apiKey must be a string, not a number.'],
    [{ timeoutMs: '1000' }, 'timeoutMs must be a number, not a string.'],
    [{ timeoutMs: -1 }, 'timeoutMs must be more than 0.'],
    [{ requestsPerMinute: -1 }, 'requestsPerMinute must be at least 0.'],
  ])('is refused with %j, which would fail every call', (options, message) => {
    expect(() => createClient(options as never)).toThrow(message);
  });

  it('masks the key before anybody cuts or decodes what the API said', async () => {
    upstream.script({ json: { ...fullSession, handoff: { summary: 'It is ocx_test_key.' } } });
    expect((await client.getSession(id)).handoff?.summary).toBe('It is [key].');
  });

  it.each([
    [{}, 100],
    [{ requestsPerMinute: 30 }, 30],
    [{ requestsPerMinute: 0 }, undefined],
  ])('tells how many requests it sends: %j', (options, expected) => {
    expect(createClient(options).requestsPerMinute).toBe(expected);
  });

  it('is prepared with its proxy, which has to be an address', async () => {
    const proxied = createClient({ apiKey: 'k', proxy: { httpsProxy: 'no address' } });
    await expect(proxied.prepare()).rejects.toThrow('Invalid URL');
  });

  it('passes on an error that is not about the API', async () => {
    const onRequest = () => {
      throw new TypeError('bug');
    };
    const sent = client.sendMessage(
      id,
      { sender: 'agent', message: { type: 'text', text: 'x' } },
      { onRequest },
    );
    await expect(sent).rejects.toThrow(TypeError);
  });

  it('uses the documented base URL by default', async () => {
    let origin: unknown;
    const dispatcher = {
      dispatch: (options: { origin?: unknown }, handler: Dispatcher.DispatchHandler) => {
        origin = String(options.origin);
        handler.onResponseError?.({} as never, new Error('offline'));
        return true;
      },
    };
    const real = createClient({ apiKey: 'k', dispatcher: dispatcher as never });
    await failureOf(real.getSession(id));
    expect(origin).toBe('https://api.open.cx');
  });
});

describe('listSessions', () => {
  it('sends every filter and reads the page', async () => {
    const page = { items: [fullSession, smallestSession], next: 'c2' };
    upstream.script({ json: page });
    const filters = {
      status: 'open',
      channel_type: 'web',
      handed_off: true,
      created_after: '2026-01-01T00:00:00+02:00',
      created_before: '2026-02-01',
      updated_after: '2026-01-01 00:00:00',
      updated_before: '2026-02-01T00:00:00Z',
      cursor: 'a/b?c=d&e+f',
    } as const;
    expect(await client.listSessions(filters)).toEqual(page);
    const request = onlyRequest();
    expect(request.method).toBe('GET');
    expect(request.path).toBe('/chat/sessions');
    expect(request.query).toEqual({ ...filters, handed_off: 'true' });
    expect(request.headers['content-type']).toBeUndefined();
    expect(request.body).toBe('');
  });

  it('sends no query without filters', async () => {
    upstream.script({ json: { items: [], next: null } });
    await client.listSessions();
    expect(onlyRequest().target).toBe('/chat/sessions');
  });

  it.each([true, false])('sends handed_off %s as a string', async (handed_off) => {
    upstream.script({ json: { items: [], next: null } });
    await client.listSessions({ handed_off });
    expect(onlyRequest().target).toBe(`/chat/sessions?handed_off=${handed_off}`);
  });

  it('omits undefined filters', async () => {
    upstream.script({ json: { items: [], next: null } });
    await client.listSessions({ status: undefined, limit: undefined } as never);
    expect(onlyRequest().target).toBe('/chat/sessions');
  });

  it('reads undocumented values and keys', async () => {
    const undocumented = {
      ...smallestSession,
      status: 'snoozed',
      channel: { type: 'telegram' },
      summary: 'new',
    };
    upstream.script({ json: { items: [undocumented] } });
    expect((await client.listSessions()).items).toEqual([undocumented]);
  });
});

describe('searchSessions', () => {
  it('sends the query as q and reads contacts and messages', async () => {
    const found = {
      contacts: [{ id: 'c1', name: 'Jane', email: null, phone: '+15550100' }],
      messages: [{ id: 'm1', session_id: id, message: 'refund', type: 'message' }],
    };
    upstream.script({ json: found });
    expect(await client.searchSessions({ q: 'jane & co + 50%' })).toEqual(found);
    const request = onlyRequest();
    expect([request.method, request.path]).toEqual(['GET', '/chat/sessions/search']);
    expect(request.query).toEqual({ q: 'jane & co + 50%' });
  });
});

describe('getSession', () => {
  it('reads one session', async () => {
    upstream.script({ json: fullSession });
    expect(await client.getSession(id)).toEqual(fullSession);
    const request = onlyRequest();
    expect([request.method, request.target]).toEqual(['GET', `/chat/sessions/${id}`]);
  });
});

describe('createSession', () => {
  it('sends the body and reads the id', async () => {
    upstream.script({ json: { id } });
    const body = {
      contact: { email: 'jane@example.com', custom_data: { plan: 'pro' } },
      channel: { type: 'email' },
      verified: null,
      custom_data: { order_id: 'ord_123', cart_value: 149.99, gift: true },
    } as const;
    expect(await client.createSession(body)).toEqual({ id });
    const request = onlyRequest();
    expect([request.method, request.target]).toEqual(['POST', '/chat/sessions']);
    expect(request.headers['content-type']).toBe('application/json');
    expect(request.json).toEqual(body);
  });

  it('sends the documented default channel and accepts a 201', async () => {
    upstream.script({ status: 201, json: { id } });
    expect(await client.createSession({})).toEqual({ id });
    expect(onlyRequest().json).toEqual({ channel: { type: 'api' } });
  });
});

describe('updateSession', () => {
  it.each(['', ' \n', '{}'])('sends the changes and accepts the response body %j', async (text) => {
    upstream.script({ status: 200, text });
    const body = {
      status: 'closed_resolved',
      generate_summary_and_sentiment_on_resolve: true,
      reflect_status_change_for_integration: false,
      session_closed_payload: { by: ['us'] },
    } as const;
    expect(await client.updateSession(id, body)).toBeUndefined();
    const request = onlyRequest();
    expect([request.method, request.target]).toEqual(['PATCH', `/chat/sessions/${id}`]);
    expect(request.headers['content-type']).toBe('application/json');
    expect(request.json).toEqual(body);
  });
});

describe('listHistory', () => {
  it('sends the cursor and reads the page', async () => {
    const page = {
      items: [historyItem, { created_at: 'x', event: { type: 'handoff', reason: 'y' } }],
      next: null,
    };
    upstream.script({ json: page });
    expect(await client.listHistory(id, { cursor: 'c 2' })).toEqual(page);
    const request = onlyRequest();
    expect([request.method, request.path]).toEqual(['GET', `/chat/sessions/${id}/history`]);
    expect(request.query).toEqual({ cursor: 'c 2' });
  });
});

describe('undocumented input', () => {
  const greeting = { sender: 'contact', message: { type: 'text', text: 'Hello' } } as const;
  const thrown = (sent: SendOutcome) => {
    throw sent.outcome === 'rejected' ? sent.error : new Error(sent.outcome);
  };
  it.each([
    ['status', () => client.listSessions({ status: 'closed' as never })],
    ['cursor', () => client.listSessions({ cursor: '' })],
    ['q', () => client.searchSessions({ q: '' })],
    ['custom_data.order', () => client.createSession({ custom_data: { order: { id: 1 } } as never })],
    ['contact.email', () => client.createSession({ contact: { email: 'jane' } })],
    ['contact_id', () => client.createSession({ contact_id: '42' })],
    ['status', () => client.updateSession(id, { status: 'closed' as never })],
    ['limit', () => client.listSessions({ limit: 5 } as never)],
    ['stauts', () => client.sessionPages({ stauts: 'open' } as never).next()],
    ['page', () => client.searchSessions({ q: 'Jane', page: 2 } as never)],
    ['status', () => client.createSession({ channel: { type: 'api' }, status: 'closed' } as never)],
    ['contact.mail', () => client.createSession({ contact: { mail: 'jane@example.com' } } as never)],
    ['custom_data.__proto__', () => client.createSession(JSON.parse('{"custom_data":{"__proto__":"x"}}'))],
    ['reason', () => client.updateSession(id, { status: 'closed_resolved', reason: 'done' } as never)],
    ['limit', () => client.listHistory(id, { limit: 5 } as never)],
    ['sgnal', () => client.getSession(id, { sgnal: AbortSignal.abort() } as never)],
    ['timeout', () => client.listSessions({}, { timeout: 5 } as never)],
    ['signal', () => client.listSessions({}, { signal: new AbortController() } as never)],
    ['signal', () => client.sendMessage(id, greeting, { signal: 'x' } as never).then(thrown)],
    ['deadline', () => client.getSession(id, { deadline: 300 } as never)],
    ['onWait', () => client.getSession(id, { onWait: 'x' } as never)],
    ['The options of a call', () => client.getSession(id, AbortSignal.timeout(300) as never)],
    ['The options of a call', () => client.getSession(id, 300 as never)],
    ['contact', () => client.createSession({ contact: new URLSearchParams('email=a@b.co') } as never)],
    ['The request', () => client.sessionPages(new URLSearchParams('status=open') as never).next()],
    ['The request', () => client.sessionPages(null as never).next()],
    ['maxPages', () => client.sessionPages({}, { maxPages: 1 } as never).next()],
    [
      'timeout',
      () => client.fetchFile({ url: '', maxBytes: 1, accepts: () => true }, { timeout: 5 } as never),
    ],
  ])('is rejected with the name of its field before anything is sent: %s', async (field, call) => {
    const error = await failureOf(call());
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((error as InvalidRequestError).message).toMatch(new RegExp(`^${field} (?:is|must) `));
    expect((error as InvalidRequestError).message).toContain('Nothing was sent');
    expect(error).toMatchObject({ status: undefined, mayHaveArrived: false });
    expect(error).not.toHaveProperty('cause');
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    ['is required', undefined],
    ['must be an object, not null', null],
    ['must be an object, not a string', 'open'],
    ['must be a plain object', new URLSearchParams('status=open')],
    ['must be a plain object', [{ status: 'open' }]],
    ['must be a plain object', new Map([['status', 'open']])],
  ])('%s', async (message, body) => {
    const error = await failureOf(client.updateSession(id, body as never));
    expect(error).toMatchObject({ message: `The request ${message}. Nothing was sent.` });
    expect(upstream.requests).toHaveLength(0);
  });

  it('is rejected if it cannot be written as JSON', async () => {
    const session_closed_payload: Record<string, unknown> = {};
    session_closed_payload['self'] = session_closed_payload;
    const error = await failureOf(client.updateSession(id, { status: 'open', session_closed_payload }));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ message: 'The request cannot be serialized. Nothing was sent.' });
  });
});
