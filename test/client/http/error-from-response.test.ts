import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type SessionsClient } from '../../../src/client/client.ts';
import * as errors from '../../../src/client/errors.ts';
import { errorFromResponse } from '../../../src/client/http/error-from-response.ts';
import { type Answer, failureOf, startUpstream, type Upstream } from '../../support/fakes/http-server.ts';

let upstream: Upstream;
let client: SessionsClient;

beforeEach(async () => {
  upstream = await startUpstream();
  // Shorter than the Retry-After of these tests, so nothing is retried.
  client = createClient({ apiKey: 'k', baseUrl: upstream.url, timeoutMs: 10_000 });
});

afterEach(async () => {
  await client.close();
  await upstream.close();
});

async function failWith(answer: Answer): Promise<errors.OpenCxError> {
  upstream.script(answer);
  return (await failureOf(client.createSession({}))) as errors.OpenCxError;
}

describe('an error response', () => {
  it.each([
    [400, errors.InvalidRequestError, 'invalid_request', false],
    [401, errors.UnauthenticatedError, 'unauthenticated', false],
    [403, errors.ForbiddenError, 'forbidden', false],
    [404, errors.NotFoundError, 'not_found', false],
    [408, errors.UpstreamError, 'upstream', true],
    [409, errors.InvalidRequestError, 'invalid_request', false],
    [413, errors.TooLargeError, 'too_large', false],
    [422, errors.InvalidRequestError, 'invalid_request', false],
    [429, errors.RateLimitedError, 'rate_limited', false],
    [500, errors.UpstreamError, 'upstream', true],
    [502, errors.UpstreamError, 'upstream', true],
    [503, errors.UpstreamError, 'upstream', true],
    [504, errors.UpstreamError, 'upstream', true],
    [599, errors.UpstreamError, 'upstream', true],
  ] as const)('with status %i becomes its own error', async (status, type, kind, mayHaveArrived) => {
    const error = await failWith({
      status,
      json: { statusCode: status, message: 'Details.', error: 'Title' },
      headers: { 'x-request-id': 'req-1', 'retry-after': '60' },
    });
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(errors.OpenCxError);
    expect(error).toMatchObject({
      kind,
      status,
      mayHaveArrived,
      apiMessage: 'Details.',
      requestId: 'req-1',
      name: type.name,
    });
    expect(error.message).toContain(String(status));
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('apiMessage', () => {
  it.each([
    ['joins a list of messages', { message: ['a is bad', 'b is bad', 7] }, 'a is bad; b is bad'],
    ['falls back to error', { error: 'Bad Request' }, 'Bad Request'],
    ['is undefined for an empty object', {}, undefined],
    ['ignores a message of another type', { message: { deep: 'x' } }, undefined],
    ['is undefined for an empty message', { message: '' }, undefined],
    ['ignores a plain string', 'oops', undefined],
    ['ignores null', null, undefined],
  ])('%s', async (_, json, apiMessage) => {
    expect(await failWith({ status: 400, json })).toMatchObject({ kind: 'invalid_request', apiMessage });
  });

  it('is limited to 500 characters', async () => {
    const { apiMessage } = await failWith({ status: 400, json: { message: 'x'.repeat(501) } });
    expect(apiMessage).toBe('x'.repeat(500));
    const list = await failWith({ status: 400, json: { message: Array(400).fill('xyz') } });
    expect(list.apiMessage).toHaveLength(500);
  });

  it('is undefined for HTML, which is not in the error message either', async () => {
    const html = '<html><body><h1>502 Bad Gateway</h1> secret-host</body></html>';
    const error = await failWith({ status: 502, text: html, headers: { 'content-type': 'text/html' } });
    expect(error.apiMessage).toBeUndefined();
    expect(error.message).not.toMatch(/</);
  });

  it('is undefined for an empty body', async () => {
    expect(await failWith({ status: 500 })).toMatchObject({ kind: 'upstream', apiMessage: undefined });
    expect(await failWith({ status: 404 })).toMatchObject({ requestId: undefined, apiMessage: undefined });
  });
});

it.each([
  ['POST', 425, false],
  ['POST', 301, true],
  ['POST', 303, true],
  ['POST', 304, false],
  ['POST', 307, false],
  ['GET', 302, false],
])('a %s that was answered with %i may have been processed: %s', (method, status, mayHaveArrived) => {
  const error = errorFromResponse(method, status, {}, '', 'k');
  expect(error).toMatchObject({ kind: 'upstream', status, mayHaveArrived, requestId: undefined });
});

it('the first of several ids of a request counts', () => {
  const headers = { 'x-request-id': ['a', 'b'] };
  expect(errorFromResponse('GET', 500, headers, '', 'k').requestId).toBe('a');
});

describe('Retry-After', () => {
  const limited = (headers: Record<string, string>) => errorFromResponse('GET', 429, headers, '', 'k');

  it('is read as seconds and limited to one day', () => {
    expect(limited({ 'retry-after': '17' }).retryAfterSeconds).toBe(17);
    expect(limited({ 'retry-after': '0' }).retryAfterSeconds).toBe(0);
    for (const value of ['', 'soon', '17 s or so', '-'])
      expect(limited({ 'retry-after': value }).retryAfterSeconds).toBeUndefined();
    expect(limited({}).retryAfterSeconds).toBeUndefined();
    // Read as a date, which has passed.
    expect(limited({ 'retry-after': 'May 17' }).retryAfterSeconds).toBe(0);
    expect(limited({ 'retry-after': '9'.repeat(400) }).retryAfterSeconds).toBe(86_400);
  });

  it('is read as a date relative to the Date header', () => {
    const error = limited({
      date: 'Sat, 31 Jan 2026 08:00:00 GMT',
      'retry-after': 'Sat, 31 Jan 2026 08:01:30 GMT',
    });
    expect(error.retryAfterSeconds).toBe(90);
  });

  it('is 0 for a date in the past', () => {
    const error = limited({
      date: 'Sat, 31 Jan 2026 08:00:00 GMT',
      'retry-after': 'Sat, 31 Jan 2026 07:00:00 GMT',
    });
    expect(error.retryAfterSeconds).toBe(0);
  });

  it('is undefined if it is missing or invalid', () => {
    expect(limited({}).retryAfterSeconds).toBeUndefined();
    expect(limited({ 'retry-after': 'soon' }).retryAfterSeconds).toBeUndefined();
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'with status %i is not followed, so the key is not sent to another host',
    async (status) => {
      const other = await startUpstream();
      const error = await failWith({ status, headers: { location: `${other.url}/chat/sessions/s1` } });
      // Before a 301, 302 or 303 the write may have been processed; a 307 or 308 asks to repeat it elsewhere.
      expect(error).toMatchObject({ kind: 'upstream', status, mayHaveArrived: status < 304 });
      expect(error.message).toContain('not followed');
      expect(other.connections()).toBe(0);
      await other.close();
    },
  );

  it('to the same host is not followed either', async () => {
    await failWith({ status: 307, headers: { location: '/elsewhere' } });
    expect(upstream.requests).toHaveLength(1);
  });
});
