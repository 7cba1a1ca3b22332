import { EventEmitter, once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../../src/mcp/http/listen.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { roleOf, teamApp, url, workspaceOf } from '../../support/doors/team.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const legacyHeaders = {};
const modernHeaders = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'get_session',
};
const eras = [
  ['2025-11-25', legacyHeaders, undefined],
  ['2025-11-25, with progress', legacyHeaders, { progressToken: 1 }],
  [
    '2026-07-28',
    modernHeaders,
    {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  ],
] as const;

const headers = {
  authorization: 'Bearer secret',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

const callWith = (_meta: object | undefined) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'get_session', arguments: { session_id: 's1' }, ...(_meta && { _meta }) },
  });

/** A server whose only call waits until it is told to answer. */
async function setUp(clock?: Clock) {
  const calls = new EventEmitter();
  const { client, sendLog } = contextOf({
    getSession: (id, call) =>
      new Promise((resolve, reject) => {
        calls.once('answer', () => resolve(session(id)));
        call?.signal?.addEventListener('abort', () => {
          calls.emit('aborted');
          reject(new Error('aborted'));
        });
        calls.emit('started');
      }),
  });
  const workspace = workspaceOf('acme', { client, sendLog });
  const app = teamApp([{ token: 'secret', workspace, role: roleOf('agent') }]);
  const listener = await listen(app.handle, { port: 0, host: '127.0.0.1' }, clock ? { clock } : {});
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    listener.cut();
    await listener.close();
  });
  const post = (more: object, body: string): ClientRequest => {
    const sent = request(`${listener.url}/mcp`, { method: 'POST', agent, headers: { ...headers, ...more } });
    return sent.end(body);
  };
  return { app, calls, listener, post };
}

it.each(eras)('%s: a call ends when its connection is closed', async (_, more, meta) => {
  const { app, calls, post } = await setUp();
  const [started, aborted] = [once(calls, 'started'), once(calls, 'aborted')];
  const sent = post(more, callWith(meta));
  sent.on('error', () => {});
  await started;
  sent.destroy();
  await aborted;
  await app.callsUnderWay.idle();
});

it.each(eras)('%s: an answer is a stream only if it can bring progress', async (name, more, meta) => {
  const { calls, post } = await setUp();
  const started = once(calls, 'started');
  const response = once(post(more, callWith(meta)), 'response');
  await started;
  calls.emit('answer');
  const [answer] = (await response) as [IncomingMessage];
  const type = name.endsWith('with progress') ? 'text/event-stream' : 'application/json';
  expect(answer.headers['content-type']).toBe(type);
  expect(await text(answer)).toContain('Session s1');
});

it.each(eras)('%s: a call that is under way is answered while the server stops', async (_, more, meta) => {
  const { calls, listener, post } = await setUp();
  const started = once(calls, 'started');
  const sent = post(more, callWith(meta));
  const response = once(sent, 'response');
  await started;
  const closed = listener.close();
  calls.emit('answer');
  const [answer] = (await response) as [IncomingMessage];
  expect(await text(answer)).toContain('Session s1');
  await closed;
});

it('a server that is about to stop answers, and lets each connection go with its answer', async () => {
  const { listener } = await setUp();
  listener.dismiss();
  const response = await fetch(`${listener.url}/healthz`);
  expect(response.headers.get('connection')).toBe('close');
  expect(await response.json()).toEqual({ status: 'ok' });
});

it.each([
  ['a stream', legacyHeaders, eras[1][2], 'before'],
  ['an answer', modernHeaders, eras[2][2], 'during'],
  ['an answer in an older version', legacyHeaders, undefined, 'during'],
] as const)('%s lets its connection go if the server is about to stop', async (_, more, meta, when) => {
  const { calls, listener, post } = await setUp();
  if (when === 'before') listener.dismiss();
  const started = once(calls, 'started');
  const sent = post(more, callWith(meta));
  const response = once(sent, 'response');
  await started;
  if (when === 'during') listener.dismiss();
  calls.emit('answer');
  const [answer] = (await response) as [IncomingMessage];
  expect(answer.headers.connection).toBe('close');
  await text(answer);
});

it.each([
  ['goes on while it gets calls', 2, 7000],
  ['does not wait for ever', 20, 12_000],
  ['does not count health checks as calls', 0, 5000],
])('a server that is about to stop %s', async (_, calls, waitedMs) => {
  let left = calls;
  const clock = settableClock(async (ms) => {
    clock.pass(ms);
    await fetch(`${listener.url}${left > 0 ? '/mcp' : '/readyz'}`);
    left -= 1;
  });
  const { listener } = await setUp(clock);
  await fetch(`${listener.url}/mcp`);
  listener.dismiss();
  await listener.untilLeft();
  expect(clock.monotonic()).toBe(waitedMs);
});

it('connections stay open for longer than a load balancer waits', async () => {
  const { listener } = await setUp();
  const response = await fetch(`${listener.url}/healthz`);
  expect(response.headers.get('keep-alive')).toBe('timeout=75');
  expect(await response.json()).toEqual({ status: 'ok' });
});

it('a stream without words gets a comment every 15 seconds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { app, calls } = await setUp();
  const started = once(calls, 'started');
  const response = await app.fetch(`${url}/mcp`, {
    method: 'POST',
    headers,
    body: callWith({ progressToken: 1 }),
  });
  await started;
  const reader = response.body?.getReader();
  const comment = reader?.read();
  vi.advanceTimersByTime(15_000);
  const { value } = (await comment) as { value: Uint8Array };
  expect(Buffer.from(value).toString()).toMatch(/^:/);
  calls.emit('answer');
  await reader?.cancel();
});
