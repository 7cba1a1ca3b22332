import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createApiReader } from '../../../../src/cli/doctor/api-reader.ts';
import { probeAssumptions } from '../../../../src/cli/doctor/probe/probe.ts';
import type { ProbeResult } from '../../../../src/cli/doctor/probe/probe-result.ts';
import { openSandbox } from '../../../../src/sandbox/index.ts';
import { listen } from '../../../support/faults/upstream.ts';

async function probed(baseUrl: string, apiKey: string): Promise<ProbeResult[]> {
  const api = await createApiReader({ baseUrl, apiKey, userAgent: 'test', requestsPerMinute: 0 }, {});
  onTestFinished(api.close);
  return probeAssumptions(api);
}

const verdicts = (results: ProbeResult[]) =>
  Object.fromEntries(results.map(({ assumption, verdict }) => [assumption, verdict]));

it('all assumptions hold in the sandbox', async () => {
  const methods: string[] = [];
  const sandbox = await openSandbox({
    database: ':memory:',
    rateLimit: 100,
    onResponse: (entry) => methods.push(String(entry.method)),
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen({ port: 0 });
  const results = await probed(url, sandbox.key);
  expect(results.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(results).toHaveLength(15);
  // The help promises GET requests only, and about 30 of them.
  expect(new Set(methods)).toEqual(new Set(['GET']));
  expect(methods.length).toBeLessThan(35);
});

const id = '00000000-0000-4000-8000-00000000000a';
const secret = 'Amelia <script>';

/** An API that contradicts every assumption. */
async function contraryApi(remaining: () => number): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const session = (day: number) => ({
    id,
    created_at: `2026-01-0${day}T00:00:00Z`,
    contact: { id, name: secret },
  });
  const event = (day: number) => ({
    created_at: `2026-01-0${day}T00:00:00Z`,
    event: { type: 'message', sender: { type: 'bot' }, content: { type: 'text', text: secret } },
  });
  const { url, close } = await listen(
    createServer((request, response) => {
      asked += 1;
      const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://api');
      const answer = (status: number, body: unknown) =>
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'x-ratelimit-limit': '50',
            'x-ratelimit-remaining': String(remaining()),
            'x-ratelimit-reset': '1790000000',
          })
          .end(JSON.stringify(body));
      if (pathname.endsWith('/history')) answer(200, { items: [event(2), event(1)], next: 'more' });
      else if (pathname.endsWith('/search')) answer(200, { contacts: [], messages: Array(51).fill({}) });
      else if (pathname !== '/chat/sessions') answer(pathname.endsWith(id) ? 200 : 422, { detail: secret });
      else if (query.has('no_such_parameter')) answer(422, { detail: secret });
      else answer(200, { items: [session(1), session(2)], next: 'more' });
    }),
  );
  onTestFinished(close);
  return { url, asked: () => asked };
}

it('reports each difference of an API, without its data', async () => {
  const { url } = await contraryApi(() => 40);
  const results = await probed(url, 'ocx_live_0123456789abcdef');
  expect(verdicts(results)).toEqual({
    listOrder: 'differs',
    listPageSize: 'differs',
    historyOrder: 'differs',
    historyPageSize: 'differs',
    cursors: 'differs',
    queryParameters: 'differs',
    dateBounds: 'differs',
    handedOff: 'differs',
    errorBodies: 'differs',
    rateLimit: 'differs',
    rateHeaders: 'differs',
    eventWords: 'differs',
    sessionIdForm: 'differs',
    ids: 'differs',
    search: 'differs',
  });
  expect(results.find(({ assumption }) => assumption === 'listOrder')?.detail).toBe(
    'sessions are returned oldest first',
  );
  expect(results.find(({ assumption }) => assumption === 'dateBounds')?.detail).toMatch(
    /the bound itself is included$/,
  );
  expect(JSON.stringify(results)).not.toContain('Amelia');
});

it('stops before the rate limit is used up', async () => {
  let left = 16;
  const { url, asked } = await contraryApi(() => left--);
  const results = await probed(url, 'ocx_live_0123456789abcdef');
  expect(asked()).toBe(8);
  expect(results.at(-1)).toMatchObject({
    verdict: 'unclear',
    detail: 'Not checked: only 9 requests are left in this minute.',
  });
});
