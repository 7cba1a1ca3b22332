import { afterEach, describe, expect, it } from 'vitest';
import { checkApi } from '../../../src/cli/doctor/api.ts';
import { createAsker } from '../../../src/cli/doctor/api-reader.ts';
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
  const asker = await createAsker({ baseUrl, apiKey: key, userAgent: 'test', requestsPerMinute: 100 }, {});
  closing.push(asker.close, async () => upstream?.close());
  const found = await checkApi(asker, key);
  expect(JSON.stringify(found)).not.toContain(key);
  return { found, requests: upstream?.arrivals.length ?? 0 };
}

/** How the list is answered; everything else is answered well. */
const listing = (fault: NonNullable<ReturnType<NonNullable<Behaviour['plan']>>>['fault']): Behaviour => ({
  plan: ({ operation }) => (operation === 'listSessions' ? { fault } : undefined),
});

/** A good answer with these headers. */
const withHeaders = (headers: Record<string, string>) =>
  listing(({ response, good }) => {
    response.sendDate = false;
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(good);
  });

const only = (found: Finding[], check: string) => found.find((one) => one.check === check);

describe('an API in order', () => {
  it('is asked twice, and nothing that writes', async () => {
    const { found, requests } = await findings({});
    expect(found.map(({ check, status: came }) => `${check} ${came}`)).toEqual([
      'chat-sessions:read ok',
      'search ok',
      'latency ok',
      'chat-sessions:write skipped',
      'clock ok',
      'rate budget skipped',
    ]);
    expect(requests).toBe(2);
  });

  it.each([
    [
      { 'x-ratelimit-remaining': '60', 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '12' },
      'ok',
      '60 requests left of 100, new ones in 12 s',
    ],
    [{ 'x-ratelimit-remaining': '4' }, 'warning', '4 requests left'],
  ])('tells its rate budget: %j', async (headers, came, seen) => {
    const { found } = await findings(withHeaders(headers));
    expect(only(found, 'rate budget')).toMatchObject({ status: came, seen });
    // What is left is left to the server.
    expect(only(found, 'search')?.status).toBe(came === 'ok' ? 'ok' : 'skipped');
  });

  it.each([
    [-90_000, 'warning', /^9\d s ahead of the API's$/],
    [90_000, 'warning', /^(?:8|9)\d s behind the API's$/],
    [0, 'ok', /^as the API's$/],
  ])('whose clock differs by %i ms', async (skew, came, seen) => {
    const date = new Date(Date.now() + skew).toUTCString();
    const { found } = await findings(withHeaders({ date }));
    expect(only(found, 'clock')).toMatchObject({ status: came, seen: expect.stringMatching(seen) });
  });
});

describe('what is wrong is told with what to do', () => {
  it.each([
    [
      'a wrong key',
      listing(status(401)),
      'failed',
      /^answered 401: "upstream words 401 for Bearer \[key\]"$/,
      /new one in the OpenCX dashboard/,
    ],
    ['a missing scope', listing(status(403)), 'failed', /^answered 403/, /with the scope chat-sessions:read/],
    ['another address', listing(status(404)), 'failed', /^answered 404/, /OPENCX_API_URL/],
    [
      'a redirect',
      listing(status(302, { location: '/login' })),
      'failed',
      /^answered 302/,
      /Redirects are not followed/,
    ],
    ['a login page', listing(html(200)), 'failed', /something that is no JSON \(text\/html\)$/, /login page/],
    [
      'a fault',
      listing(spilt(502)),
      'failed',
      /^answered 502: "Bad gateway Bad field\."$/,
      /A fault of the API/,
    ],
    ['a used up limit', listing(status(429)), 'warning', /^answered 429/, /wait a minute/],
    ['a lost connection', listing(reset), 'failed', /ECONNRESET|UND_ERR_SOCKET/, /Try again/],
    [
      'another form of answer',
      listing(({ response }) => response.writeHead(200).end('{"items":[{}]}')),
      'failed',
      /^answered 200, but not as documented \(items\.0\.id: expected a string\)$/,
      /newer version/,
    ],
  ])('%s', async (_, behaviour, came, seen, advice) => {
    const { found } = await findings(behaviour);
    expect(found[0]).toEqual({
      check: 'chat-sessions:read',
      status: came,
      seen: expect.stringMatching(seen),
      advice: expect.stringMatching(advice),
    });
  });

  it('nobody there', async () => {
    const { found } = await findings(await refusedUrl());
    expect(found).toEqual([
      expect.objectContaining({ status: 'failed', seen: 'The API could not be reached (ECONNREFUSED).' }),
    ]);
  });
});
