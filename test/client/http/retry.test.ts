import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientOptions, createClient, type SessionsClient } from '../../../src/client/client.ts';
import type { OpenCxError } from '../../../src/client/errors.ts';
import type { CallOptions } from '../../../src/client/http/call-options.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { smallestSession } from '../../support/fakes/examples.ts';
import {
  type Answer,
  failureOf,
  reset,
  resetDuringAnswer,
  startUpstream,
  type Upstream,
} from '../../support/fakes/http-server.ts';

let upstream: Upstream;
const clients: SessionsClient[] = [];

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await upstream.close();
});

function clientOf(options: ClientOptions = {}): SessionsClient {
  const client = createClient({ apiKey: 'ocx_live_secret', baseUrl: upstream.url, ...options });
  clients.push(client);
  return client;
}

const good: Answer = { json: smallestSession };
const status = (code: number, headers: Record<string, string> = {}): Answer => ({ status: code, headers });
const message = { sender: 'agent' as const, message: { type: 'text' as const, text: 'Hello' } };

describe('a read', () => {
  it.each([
    ['408', status(408)],
    ['425', status(425)],
    ['429', status(429, { 'retry-after': '0' })],
    ['500', status(500)],
    ['503', status(503)],
    ['a reset', reset],
    ['a reset during the response', resetDuringAnswer],
  ])('is retried after %s', async (_, fault) => {
    upstream.script(fault, good);
    expect((await clientOf().getSession('s1')).id).toBe(smallestSession.id);
    expect(upstream.requests).toHaveLength(2);
  });

  it('is retried at most twice, and uses the budget each time', async () => {
    upstream.script(status(503), status(503), status(503), good);
    let taken = 0;
    const take = async () => {
      taken += 1;
      return 0;
    };
    const rateLimiter = { take, waitMs: async () => 0, block: async () => {} };
    const observed: unknown[] = [];
    const onRequest: CallOptions['onRequest'] = ({ repeats }) => {
      observed.push(repeats);
      return (end) => void observed.push(end);
    };
    const read = clientOf({ rateLimiter }).getSession('s1', { onRequest });
    expect(await failureOf(read)).toMatchObject({ status: 503 });
    expect(upstream.requests).toHaveLength(3);
    expect(taken).toBe(3);
    const end = { status: 503, error: 'UpstreamError' };
    expect(observed).toEqual([0, end, 1, end, 2, end]);
  });

  it.each([400, 401, 403, 404, 409, 422, 300, 302])('is not retried after %i', async (code) => {
    upstream.script(status(code), good);
    expect(await failureOf(clientOf().getSession('s1'))).toMatchObject({ status: code });
    expect(upstream.requests).toHaveLength(1);
  });

  it('fails with retryAfterSeconds if Retry-After exceeds the deadline', async () => {
    upstream.script(status(503, { 'retry-after': '30' }), good);
    const error = await failureOf(clientOf({ timeoutMs: 5000 }).getSession('s1'));
    expect(error).toMatchObject({ status: 503, retryAfterSeconds: 30 });
    expect(upstream.requests).toHaveLength(1);
  });

  it('fails at once if it would have to wait longer than it is willing to', async () => {
    upstream.script(status(429, { 'retry-after': '20' }), good);
    const error = await failureOf(clientOf().getSession('s1', { maxWaitMs: 5000 }));
    expect(error).toMatchObject({ kind: 'rate_limited', status: 429, retryAfterSeconds: 20 });
    expect(upstream.requests).toHaveLength(1);
  });

  it('does not wait again for the rate budget that it gave up waiting for', async () => {
    upstream.script(good, good);
    const client = clientOf({ requestsPerMinute: 1 });
    await client.getSession('s1');
    const error = await failureOf(
      client.getSession('s1', { maxWaitMs: 100_000, deadline: Deadline.after(5000) }),
    );
    expect(error).toMatchObject({ kind: 'rate_limited', status: undefined });
    expect(upstream.requests).toHaveLength(1);
  });

  it('reports its wait and stops waiting when it is cancelled', async () => {
    upstream.script(status(503, { 'retry-after': '20' }), good);
    const controller = new AbortController();
    const onWait = () => controller.abort();
    const error = await failureOf(clientOf().getSession('s1', { signal: controller.signal, onWait }));
    expect(error).toMatchObject({ kind: 'cancelled', mayHaveArrived: false });
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('a write', () => {
  it.each([
    ['500', status(500)],
    ['503', status(503)],
    ['408', status(408)],
    ['a reset', reset],
    ['a reset during the response', resetDuringAnswer],
    ['an unreadable response', { text: '<html>' }],
  ] as [string, Answer][])('is never retried after %s, and may have arrived', async (_, fault) => {
    const json = { success: true, data: { message: { id: 'm1' } } };
    upstream.script(fault, { json });
    expect(await clientOf().sendMessage('s1', message)).toMatchObject({ outcome: 'unknown' });
    expect(upstream.requests).toHaveLength(1);
  });

  it('is retried after a 429 with Retry-After', async () => {
    upstream.script(status(429, { 'retry-after': '0' }), { json: { id: smallestSession.id } });
    expect(await clientOf().createSession({})).toEqual({ id: smallestSession.id });
    expect(upstream.requests).toHaveLength(2);
  });

  it('is rejected by its status even if the error body is incomplete', async () => {
    upstream.script((request, response) => {
      response.writeHead(404, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"message":', () => request.socket.resetAndDestroy());
    });
    expect(await clientOf().sendMessage('s1', message)).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'not_found' },
    });
  });

  it('fails if a proxy answers an update with HTML', async () => {
    upstream.script({ text: '<html>log in</html>' });
    const error = await failureOf(clientOf().updateSession('s1', { status: 'open' }));
    expect(error).toMatchObject({ kind: 'invalid_response', mayHaveArrived: true });
  });
});

describe('the key', () => {
  it('is redacted in errors of the API', async () => {
    upstream.script({ status: 401, json: { message: 'Invalid key ocx_live_secret' } });
    const error = (await failureOf(clientOf().getSession('s1'))) as OpenCxError;
    expect(error.apiMessage).toBe('Invalid key [key]');
  });

  it('is redacted in a success that leaves open what became of a message', async () => {
    upstream.script({ json: { success: true, message: 'It was ocx_li\u200bve_secret.' } });
    expect(await clientOf().sendMessage('s1', message)).toMatchObject({
      outcome: 'unknown',
      error: { apiMessage: 'It was [key].' },
    });
  });

  it('is rejected before sending if a header cannot contain it', async () => {
    for (const apiKey of ['ocx\nkey', 'ocx key', 'ocx_é']) {
      const outcome = await clientOf({ apiKey }).sendMessage('s1', message);
      expect(outcome).toMatchObject({ outcome: 'rejected', error: { kind: 'no_key' } });
    }
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('the base URL', () => {
  it.each([
    'http://api.example.com',
    'ftp://api.example.com',
    'not a url',
    'https://user:pw@api.example.com',
  ])('%s is rejected by createClient', (baseUrl) => {
    expect(() => createClient({ baseUrl })).toThrow('baseUrl must');
  });
});

describe('the rate budget', () => {
  it('is shared by all calls and reports when to retry', async () => {
    upstream.script(good, good, good);
    const client = clientOf({ requestsPerMinute: 2, timeoutMs: 3000 });
    await client.getSession('s1');
    await client.getSession('s2');
    const error = (await failureOf(client.getSession('s3'))) as OpenCxError;
    expect(error).toMatchObject({ kind: 'rate_limited', status: undefined, mayHaveArrived: false });
    expect(error.retryAfterSeconds).toBeGreaterThan(50);
    expect(upstream.requests).toHaveLength(2);
  });

  it('is unlimited when it is 0', async () => {
    upstream.script(...Array.from({ length: 120 }, () => good));
    const client = clientOf({ requestsPerMinute: 0 });
    for (let n = 0; n < 120; n += 1) await client.getSession('s1');
    expect(upstream.requests).toHaveLength(120);
  });

  it('pauses every call after a 429', async () => {
    upstream.script(status(429, { 'retry-after': '30' }), good);
    const client = clientOf({ timeoutMs: 3000 });
    await failureOf(client.getSession('s1'));
    expect(await failureOf(client.getSession('s2'))).toMatchObject({
      kind: 'rate_limited',
      status: undefined,
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['404', status(404), []],
    ['429', status(429, { 'retry-after': '7' }), [7]],
    ['429 without Retry-After', status(429), [1]],
  ])('is paused as long as the API says: %s', async (_, answer, expected) => {
    upstream.script(answer);
    const blocked: number[] = [];
    const block = async (seconds: number) => void blocked.push(seconds);
    const rateLimiter = { take: async () => 0, waitMs: async () => 0, block };
    await failureOf(clientOf({ rateLimiter }).getSession('s1', { deadline: Deadline.after(100) }));
    expect(blocked).toEqual(expected);
  });

  it('may be shared by people', async () => {
    upstream.script(good);
    const people: string[] = [];
    const limiter = { take: async () => 0, waitMs: async () => 0, block: async () => {} };
    const sharedRateLimiter = {
      of(person: string) {
        people.push(person);
        return limiter;
      },
    };
    await clientOf({ sharedRateLimiter }).getSession('s1', { person: 'ann' });
    expect(people).toEqual(['ann']);
  });

  it('serves calls in order and skips a cancelled one', async () => {
    upstream.script(status(429, { 'retry-after': '1' }), good, good, good);
    const client = clientOf({ timeoutMs: 10_000 });
    const controller = new AbortController();
    let first: Promise<unknown> = Promise.resolve();
    // The first call waits after the 429; now others queue.
    await new Promise<void>((resolve) => {
      first = client.getSession('s1', { onWait: () => resolve() });
    });
    const second = client.getSession('s2');
    const cancelled = failureOf(client.getSession('s3', { signal: controller.signal }));
    controller.abort();
    expect(await cancelled).toMatchObject({ kind: 'cancelled' });
    expect((await client.getSession('s4')).id).toBe(smallestSession.id);
    await Promise.all([first, second]);
    expect(upstream.requests.map(({ path }) => path.slice(-2)).slice(1)).not.toContain('s3');
  });
});
