import { afterEach, describe, expect, it } from 'vitest';
import { checkApi } from '../../../src/cli/doctor/api.ts';
import { createApiReader } from '../../../src/cli/doctor/api-reader.ts';
import type { Finding } from '../../../src/cli/doctor/findings.ts';
import { html, reset, spilt, status } from '../../support/faults/faults.ts';
import { type Behaviour, refusedUrl, startUpstream } from '../../support/faults/upstream.ts';

const key = 'ocx_live_0123456789abcdef';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function findings(behaviour: Behaviour | string): Promise<{ found: Finding[]; requests: number }> {
  const upstream = typeof behaviour === 'string' ? undefined : await startUpstream(behaviour);
  const baseUrl = upstream?.url ?? String(behaviour);
  const api = await createApiReader({ baseUrl, apiKey: key, userAgent: 'test', requestsPerMinute: 100 }, {});
  closing.push(api.close, async () => upstream?.close());
  const found = await checkApi(api, { apiKey: key, howToReplace: 'save it in FILE' });
  expect(JSON.stringify(found)).not.toContain(key);
  return { found, requests: upstream?.arrivals.length ?? 0 };
}

/** Makes the list of sessions fail; other requests succeed. */
const listing = (fault: NonNullable<ReturnType<NonNullable<Behaviour['plan']>>>['fault']): Behaviour => ({
  plan: ({ operation }) => (operation === 'listSessions' ? { fault } : undefined),
});

/** Adds headers to a successful response. */
const withHeaders = (headers: Record<string, string>) =>
  listing(({ response, good }) => {
    response.sendDate = false;
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(good);
  });

const only = (found: Finding[], check: string) => found.find((one) => one.check === check);

describe('a working API', () => {
  it('is checked by two GET requests', async () => {
    const { found, requests } = await findings({});
    expect(found.map(({ check, status: result }) => `${check} ${result}`)).toEqual([
      'chat-sessions:read ok',
      'search ok',
      'latency ok',
      'chat-sessions:write skipped',
      'clock ok',
      'rate limit skipped',
    ]);
    expect(requests).toBe(2);
  });

  it.each([
    [
      { 'x-ratelimit-remaining': '60', 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '12' },
      'ok',
      '60 of 100 requests left, resets in 12 s',
    ],
    [{ 'x-ratelimit-remaining': '4' }, 'warning', '4 requests left'],
  ])('may report its rate limit: %j', async (headers, expected, detail) => {
    const { found } = await findings(withHeaders(headers));
    expect(only(found, 'rate limit')).toMatchObject({ status: expected, detail });
    // The last requests are left to the server.
    expect(only(found, 'search')?.status).toBe(expected === 'ok' ? 'ok' : 'skipped');
  });

  it.each([
    [-90_000, 'warning', /^9\d s ahead of the API$/],
    [90_000, 'warning', /^(?:8|9)\d s behind the API$/],
    [0, 'ok', /^same time as the API$/],
  ])('may have a clock that differs by %i ms', async (skew, expected, detail) => {
    const date = new Date(Date.now() + skew).toUTCString();
    const { found } = await findings(withHeaders({ date }));
    expect(only(found, 'clock')).toMatchObject({ status: expected, detail: expect.stringMatching(detail) });
  });
});

describe('a failing API', () => {
  it.each([
    [
      'a wrong key',
      listing(status(401)),
      'failed',
      /^HTTP 401: "upstream words 401 for Bearer \[key\]"$/,
      /new one in the OpenCX dashboard under Settings, Access, and save it in FILE\.$/,
    ],
    [
      'a missing scope',
      listing(status(403)),
      'failed',
      /^HTTP 403/,
      /with the scope chat-sessions:read, and save it in FILE\.$/,
    ],
    ['a wrong address', listing(status(404)), 'failed', /^HTTP 404/, /OPENCX_API_URL/],
    [
      'a redirect',
      listing(status(302, { location: '/login' })),
      'failed',
      /^HTTP 302/,
      /Redirects are not followed/,
    ],
    ['a login page', listing(html(200)), 'failed', /^HTTP 200, but not JSON \(text\/html\)$/, /login page/],
    [
      'a server error',
      listing(spilt(502)),
      'failed',
      /^HTTP 502: "Bad gateway Bad field\."$/,
      /^The API, or a proxy in front of it, has failed/,
    ],
    ['an exhausted rate limit', listing(status(429)), 'warning', /^HTTP 429/, /Wait a minute/],
    ['a lost connection', listing(reset), 'failed', /ECONNRESET|UND_ERR_SOCKET/, /Try again/],
    [
      'an undocumented response',
      listing(({ response }) => response.writeHead(200).end('{"items":{}}')),
      'failed',
      /^HTTP 200, but not as documented \(items: expected a list\)$/,
      /newer version/,
    ],
  ])('%s is reported with a fix', async (_, behaviour, expected, detail, fix) => {
    const { found } = await findings(behaviour);
    expect(found[0]).toEqual({
      check: 'chat-sessions:read',
      status: expected,
      detail: expect.stringMatching(detail),
      fix: expect.stringMatching(fix),
    });
  });

  it('a refused connection is reported', async () => {
    const { found } = await findings(await refusedUrl());
    expect(found).toEqual([
      expect.objectContaining({ status: 'failed', detail: 'The API could not be reached (ECONNREFUSED).' }),
    ]);
  });
});
