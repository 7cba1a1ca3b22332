import { createHash } from 'node:crypto';
import { once as nextEvent } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fullSession, smallestSession } from '../contract/examples.ts';
import { start } from '../support/program.ts';
import { key, type Server, type ServerOptions, serve, stateFolder } from './client.ts';
import { once, resetInBody, silence, status } from './faults.ts';
import { type Arrival, type Behaviour, type Exchange, startUpstream } from './upstream.ts';

const session = 'session-1';
const text = 'The refund is on its way.\nIt takes three days.';
const message = { session_id: session, sender: 'agent', text };

const isSend = ({ operation }: Arrival) => operation === 'sendMessage';

/** An upstream, a state folder, and servers on both; all of it is gone when the test is over. */
async function scene(behaviour: Behaviour = {}) {
  const upstream = await startUpstream(behaviour);
  const folder = stateFolder();
  const servers: Server[] = [];
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await upstream.close();
    folder.remove();
  });
  return {
    upstream,
    folder: folder.path,
    sends: () => upstream.arrivals.filter(isSend).length,
    async serve(options: ServerOptions = {}): Promise<Server> {
      const server = await serve(upstream, folder.path, options);
      servers.push(server);
      return server;
    },
  };
}

/** Keeps exchanges unanswered until they are let go. */
function gate() {
  const held: Exchange[] = [];
  let open = false;
  return {
    fault: (exchange: Exchange) => {
      if (open) exchange.answer();
      else held.push(exchange);
    },
    release: () => {
      open = true;
      for (const exchange of held.splice(0)) exchange.answer();
    },
  };
}

describe('equal messages', () => {
  it('at once are one message with one id', async () => {
    const { fault, release } = gate();
    const { upstream, sends, serve } = await scene({ plan: (arrival) => (isSend(arrival) ? { fault } : {}) });
    const server = await serve();
    const both = [server.call('send_message', message), server.call('send_message', message)];
    await upstream.arrival(isSend);
    await server.caughtUp();
    release();
    const [first, second] = await Promise.all(both);
    expect(first?.view.outcome).toBe('sent');
    expect(second?.view).toEqual(first?.view);
    expect(sends()).toBe(1);
    expect(upstream.stored.map(({ id }) => id)).toEqual([first?.view.message_id]);
  });

  it('are refused the second time, unless a duplicate is meant', async () => {
    const { upstream, sends, serve } = await scene();
    const server = await serve();
    expect((await server.call('send_message', message)).view.outcome).toBe('sent');
    const again = await server.call('send_message', message);
    expect(again.isError).toBe(true);
    expect(again.text).toMatch(/^Already sent: .*\nNothing was sent now\.\n.*allow_duplicate true/);
    expect(sends()).toBe(1);
    const meant = await server.call('send_message', { ...message, allow_duplicate: true });
    expect(meant.view.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(2);
  });

  it('are two when the words, the sender or the session differ', async () => {
    const { upstream, serve } = await scene();
    const server = await serve();
    const others = [
      message,
      { ...message, text: 'Other' },
      { ...message, sender: 'contact' },
      { ...message, session_id: 'session-2' },
    ];
    const answers = await Promise.all(others.map((one) => server.call('send_message', one)));
    expect(answers.map(({ view }) => view?.outcome)).toEqual(others.map(() => 'sent'));
    expect(upstream.stored).toHaveLength(others.length);
  });

  it('of two processes at once are one message', async () => {
    const { upstream, sends, serve } = await scene();
    const servers = await Promise.all([serve(), serve()]);
    const texts = Array.from({ length: 20 }, (_, index) => `Text ${index}`);
    const outcomes = await Promise.all(
      texts.map((one) =>
        Promise.all(servers.map((server) => server.call('send_message', { ...message, text: one }))),
      ),
    );
    expect(sends()).toBe(texts.length);
    expect(new Set(upstream.stored.map((stored) => stored.text)).size).toBe(texts.length);
    for (const pair of outcomes) {
      expect(pair.some(({ view }) => view?.outcome === 'sent')).toBe(true);
      for (const { isError, text: told, view } of pair) {
        if (isError)
          expect(told).toMatch(/^(?:Already sent|Delivery unknown: The same message was tried before)/);
        else expect(['sent', 'found']).toContain(view.outcome);
      }
    }
  });
});

describe('a server that is killed in the midst of a send, and started again', () => {
  const stuck = (store: boolean): Behaviour => ({
    plan: (arrival) => (isSend(arrival) ? { fault: silence, store } : {}),
  });

  /** Sends, kills the server when the request is at the upstream, and gives the next server. */
  async function killed(behaviour: Behaviour) {
    const all = await scene(behaviour);
    const server = await all.serve();
    const lost = server.call('send_message', message).catch(() => 'lost');
    const { over } = await all.upstream.arrival(isSend);
    await server.kill();
    expect(await lost).toBe('lost');
    await over;
    return { ...all, next: await all.serve() };
  }

  it('finds the message that was taken in, and never sends it again', async () => {
    const { upstream, sends, next } = await killed(stuck(true));
    const { isError, view } = await next.call('send_message', message);
    expect(isError).toBe(false);
    expect(view).toEqual({ session_id: session, outcome: 'found', message_id: upstream.stored[0]?.id });
    expect((await next.call('send_message', message)).text).toContain('Already sent');
    expect(sends()).toBe(1);
  });

  it('does not send one again that the history does not show', async () => {
    const { sends, upstream, next } = await killed(stuck(false));
    const { isError, text: told } = await next.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('Nothing was sent now.');
    expect(told).toContain('Do not repeat it blindly.');
    expect(sends()).toBe(1);
    expect(upstream.stored).toHaveLength(0);
  });

  it('finds it when it appears later', async () => {
    const { upstream, sends, next } = await killed(stuck(false));
    expect((await next.call('send_message', message)).isError).toBe(true);
    const { id } = upstream.store(session, 'agent', text);
    expect((await next.call('send_message', message)).view).toMatchObject({
      outcome: 'found',
      message_id: id,
    });
    expect(sends()).toBe(1);
  });

  it('finds it when the answer had begun', async () => {
    const begun = gate();
    const { upstream, sends, next } = await killed({
      plan: (arrival) =>
        isSend(arrival)
          ? {
              store: true,
              fault: (exchange) => {
                exchange.response.writeHead(200, { 'content-length': '1000' });
                exchange.response.write(exchange.good);
                begun.fault(exchange);
              },
            }
          : {},
    });
    expect((await next.call('send_message', message)).view).toMatchObject({
      outcome: 'found',
      message_id: upstream.stored[0]?.id,
    });
    expect(sends()).toBe(1);
  });

  it('does not send again what was only waiting to be repeated', async () => {
    const all = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: status(429, { 'retry-after': '20' }) } : {}),
    });
    const server = await all.serve();
    const waits = new Promise<void>((resolve) => {
      server.call('send_message', message, { onprogress: () => resolve() }).catch(() => {});
    });
    await waits;
    await server.kill();
    const next = await all.serve();
    expect((await next.call('send_message', message)).text).toContain('Nothing was sent now.');
    expect(all.sends()).toBe(1);
  });

  it('sends when a second copy is said to do no harm', async () => {
    let stuckOnce = true;
    const { upstream, next } = await killed({
      plan: (arrival) => {
        if (!isSend(arrival) || !stuckOnce) return {};
        stuckOnce = false;
        return { fault: silence, store: true };
      },
    });
    const { view } = await next.call('send_message', { ...message, allow_duplicate: true });
    expect(view.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(2);
  });
});

it('nothing is sent when the state folder cannot be written', async () => {
  const { upstream, folder, serve } = await scene();
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const server = await serve({ env: { OPENCX_STATE_DIR: join(file, 'state') } });
  const { isError, text: told } = await server.call('send_message', message);
  expect(isError).toBe(true);
  expect(told).toMatch(/^Not sent: .*\nNothing was changed\.\n.*OPENCX_STATE_DIR/);
  expect(upstream.arrivals).toHaveLength(0);
  expect((await server.call('list_sessions')).isError).toBe(false);
});

describe('a call that the client cancels', () => {
  it.each([
    ['get_session', { session_id: session }],
    ['send_message', message],
    ['create_session', {}],
    ['update_session', { session_id: session, status: 'open' }],
  ] as const)('%s ends its request at once, and is not answered', async (tool, args) => {
    let stuck = true;
    const { upstream, serve } = await scene({ plan: () => (stuck ? { fault: silence } : {}) });
    const server = await serve();
    const cancel = new AbortController();
    const call = server.call(tool, args, { signal: cancel.signal }).catch(() => 'cancelled');
    const { over } = await upstream.arrival(() => true);
    stuck = false;
    const from = performance.now();
    cancel.abort();
    await over;
    // A generous bound: what matters is that it does not wait for the call's own 50 seconds.
    expect(performance.now() - from).toBeLessThan(5000);
    expect(await call).toBe('cancelled');
    await server.caughtUp();
    expect(server.stray).toEqual([]);
    expect(upstream.arrivals.filter(({ operation }) => operation !== 'listHistory')).toHaveLength(1);
  });

  it('a message is not sent again after it', async () => {
    const { upstream, sends, serve } = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: silence, store: true } : {}),
    });
    const server = await serve();
    const cancel = new AbortController();
    const call = server.call('send_message', message, { signal: cancel.signal }).catch(() => {});
    const { over } = await upstream.arrival(isSend);
    cancel.abort();
    await Promise.all([call, over]);
    // It may come while the cancelled call still winds down; its fate is not shared.
    const { view } = await server.call('send_message', message);
    expect(view).toMatchObject({ outcome: 'found', message_id: upstream.stored[0]?.id });
    expect((await server.call('send_message', message)).text).toContain('Already sent');
    expect(sends()).toBe(1);
  });
});

describe('an equal call beside one that is cancelled', () => {
  it('is sent when the cancelled one was still waiting', async () => {
    const fault = once(status(429, { 'retry-after': '2' }), () => '');
    const { upstream, serve } = await scene({ plan: (arrival) => (isSend(arrival) ? { fault } : {}) });
    const server = await serve();
    const cancel = new AbortController();
    let first: Promise<unknown> | undefined;
    await new Promise<void>((waits) => {
      const options = { signal: cancel.signal, onprogress: () => waits() };
      first = server.call('send_message', message, options).catch(() => 'cancelled');
    });
    const second = server.call('send_message', message);
    await server.caughtUp();
    cancel.abort();
    expect(await first).toBe('cancelled');
    expect((await second).view?.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(1);
  });
});

describe('with --confirm-sends', () => {
  const args = ['--confirm-sends'];

  /** A scene whose person answers as told, and is asked what `questions` holds. */
  async function asked(answer: () => ElicitResult | Promise<ElicitResult>, behaviour: Behaviour = {}) {
    const questions: string[] = [];
    const all = await scene(behaviour);
    const server = await all.serve({
      args,
      env: { OPENCX_CALL_TIMEOUT_MS: '3000' },
      elicit: (question) => {
        questions.push(question);
        return answer();
      },
    });
    return { ...all, server, questions };
  }

  it('sends what the person accepts', async () => {
    const { upstream, server } = await asked(() => ({ action: 'accept', content: {} }));
    expect((await server.call('send_message', message)).view.outcome).toBe('sent');
    expect(upstream.stored).toHaveLength(1);
  });

  it.each([
    ['declines', 'decline', 'declined this message'],
    ['closes the question', 'cancel', 'closed the question'],
  ] as const)('sends nothing when the person %s', async (_, action, said) => {
    const { sends, server } = await asked(() => ({ action }));
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain(said);
    expect(told).toContain('Nothing was changed.');
    expect(sends()).toBe(0);
    // What was declined was not sent: it is no repetition later.
    expect((await server.call('send_message', message)).text).toContain(said);
  });

  it('sends nothing through a client that cannot ask', async () => {
    const { sends, serve } = await scene();
    const server = await serve({ args });
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('cannot ask one (no elicitation)');
    expect(sends()).toBe(0);
  });

  it.each([
    ['never answers', () => new Promise<ElicitResult>(() => {})],
    ['fails to ask', () => Promise.reject(new Error('no window'))],
  ] as const)('sends nothing when the client %s, and says that nothing was', async (_, answer) => {
    const { sends, server } = await asked(answer);
    const { isError, text: told } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(told).toContain('Nothing was changed.');
    expect(told).not.toContain('no window');
    expect(sends()).toBe(0);
  });

  it('asks with the full text, to whom, how certain that is, where, and who holds it', async () => {
    const decline = () => ({ action: 'decline' }) as const;
    const { server, questions } = await asked(decline, { session: fullSession });
    await server.call('send_message', message);
    for (const fact of [
      `session ${session}`,
      text,
      'Jane Doe',
      ': verified',
      'an agent, to the customer',
      'Channel: web, status: open',
      'Held by: a human (42)',
    ]) {
      expect(questions[0]).toContain(fact);
    }
  });

  it('says when an identity is only claimed, and when the customer is spoken for', async () => {
    const { id, created_at, updated_at } = fullSession.contact;
    const contact = {
      id,
      created_at,
      updated_at,
      non_verified_name: 'Jim',
      non_verified_email: 'jim@example.com',
    };
    const { server, questions } = await asked(() => ({ action: 'decline' }), {
      session: { ...smallestSession, contact },
    });
    await server.call('send_message', { ...message, sender: 'contact' });
    for (const fact of [
      'Jim',
      'claimed, not verified',
      'THE CUSTOMER',
      'closed_resolved',
      'Held by: the AI',
    ]) {
      expect(questions[0]).toContain(fact);
    }
  });

  it('warns when the conversation was not read, or has gone on since', async () => {
    const { upstream, server, questions } = await asked(() => ({ action: 'decline' }));
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    upstream.store(session, 'contact', 'Where is it?', minutesAgo(3));
    await server.call('send_message', message);
    expect(questions.at(-1)).toContain('WARNING: this conversation was not read before answering.');
    await server.call('get_session_history', { session_id: session });
    await server.call('send_message', message);
    expect(questions.at(-1)).not.toContain('WARNING');
    upstream.store(session, 'contact', 'Hello?', minutesAgo(1));
    await server.call('send_message', message);
    expect(questions.at(-1)).toContain('WARNING: the customer has written since');
  });
});

describe('waiting and the rate budget', () => {
  it('a wait that fits is told of, where the client wants to know', async () => {
    const fault = once(status(429, { 'retry-after': '1' }), ({ arrival }) => arrival.sessionId);
    const { upstream, serve } = await scene({ plan: () => ({ fault }) });
    const server = await serve();
    const said: (string | undefined)[] = [];
    const onprogress = ({ message: words }: { message?: string | undefined }) => said.push(words);
    const { isError } = await server.call('get_session', { session_id: 'told' }, { onprogress });
    expect(isError).toBe(false);
    expect(said[0]).toMatch(/^Waiting \d s to repeat a request that failed$/);
    expect((await server.call('get_session', { session_id: 'untold' })).isError).toBe(false);
    expect(upstream.arrivals).toHaveLength(4);
    expect(server.stray).toEqual([]);
  });

  it('a call beyond the budget says when again, and asks nothing', async () => {
    const { upstream, serve } = await scene();
    const server = await serve({ env: { OPENCX_RATE_LIMIT: '1' } });
    const timeoutFits = { session_id: session };
    expect((await server.call('get_session', timeoutFits)).isError).toBe(false);
    const { isError, text: told } = await server.call('get_session', timeoutFits);
    expect(isError).toBe(true);
    expect(told).toMatch(
      /^Rate limited: .*nothing was sent\.\nNothing was changed\.\nCall again in (?:5\d|60) seconds\.$/,
    );
    expect(upstream.arrivals).toHaveLength(1);
  });

  it('a message beyond the budget is not sent, and is no repetition later', async () => {
    const { sends, serve } = await scene();
    const env = { OPENCX_RATE_LIMIT: '1' };
    const server = await serve({ env });
    await server.call('list_sessions');
    expect((await server.call('send_message', message)).text).toContain('Rate limited: ');
    expect(sends()).toBe(0);
    const fresh = await serve();
    expect((await fresh.call('send_message', message)).view.outcome).toBe('sent');
  });

  it('a 429 holds all calls back, as long as it says', async () => {
    const { upstream, serve } = await scene({
      plan: () => ({ fault: status(429, { 'retry-after': '3600' }) }),
    });
    const server = await serve();
    expect((await server.call('list_sessions')).text).toContain('Call again in 3600 seconds.');
    expect((await server.call('search_sessions', { query: 'x' })).text).toContain(
      'Call again in 3600 seconds.',
    );
    expect(upstream.arrivals).toHaveLength(1);
  });

  it.each(['0', new Date(0).toUTCString()])('a 429 that says %s holds nothing back', async (wait) => {
    const fault = once(status(429, { 'retry-after': wait }), () => '');
    const { serve } = await scene({ plan: () => ({ fault }) });
    const server = await serve({ env: { OPENCX_CALL_TIMEOUT_MS: '5000' } });
    expect((await server.call('list_sessions')).isError).toBe(false);
    expect((await server.call('list_sessions')).isError).toBe(false);
  });
});

it('--audit-log has one line for each write and each refusal, before its answer, without the text', async () => {
  const { folder, serve } = await scene({
    plan: ({ sessionId }) =>
      sessionId === 'lost' ? { fault: resetInBody } : sessionId === 'refused' ? { fault: status(404) } : {},
  });
  const file = join(folder, 'audit.jsonl');
  const server = await serve({ args: ['--audit-log', file] });
  const lines = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const text_sha256 = createHash('sha256').update(text).digest('hex');
  const steps: [tool: string, args: Record<string, unknown>, expected: object | undefined][] = [
    ['send_message', message, { tool: 'send_message', session, text_sha256, outcome: 'sent' }],
    ['send_message', message, { tool: 'send_message', session, text_sha256, outcome: 'AlreadySentError' }],
    [
      'send_message',
      { ...message, session_id: 'lost' },
      { session: 'lost', text_sha256, outcome: 'DeliveryUnknownError' },
    ],
    [
      'send_message',
      { ...message, session_id: 'refused' },
      { session: 'refused', text_sha256, outcome: 'NotFoundError' },
    ],
    ['send_message', { session_id: session }, { session, outcome: 'invalid_arguments' }],
    ['create_session', { verified: true }, { tool: 'create_session', outcome: 'NotAllowedError' }],
    ['create_session', {}, { tool: 'create_session', outcome: 'ok' }],
    [
      'update_session',
      { session_id: session, status: 'open' },
      { tool: 'update_session', session, outcome: 'ok' },
    ],
    ['get_session', { session_id: session }, undefined],
  ];
  let count = 0;
  for (const [tool, args, expected] of steps) {
    await server.call(tool, args);
    if (expected) count += 1;
    expect(lines()).toHaveLength(count);
    if (expected) expect(lines().at(-1)).toMatchObject(expected);
  }
  for (const { at } of lines()) expect(new Date(at).toISOString()).toBe(at);
  expect(readFileSync(file, 'utf8')).not.toMatch(/refund|three days/);
});

it('OPENCX_LOG_LEVEL=info writes one line a call: what it was and how it went, not what was said', async () => {
  const { serve } = await scene({
    session: fullSession,
    plan: ({ operation }) => (operation === 'searchSessions' ? { fault: status(500) } : {}),
  });
  const server = await serve({ env: { OPENCX_LOG_LEVEL: 'info' } });
  await server.call('get_session', { session_id: session });
  await server.call('search_sessions', { query: 'a secret word' });
  await server.call('send_message', message);
  await server.close();
  const lines = server
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const calls = lines.filter(({ tool }) => tool !== undefined);
  expect(calls).toMatchObject([
    { tool: 'get_session', outcome: 'ok', requests: 1, status: 200 },
    { tool: 'search_sessions', outcome: 'UpstreamError', requests: 3, status: 500 },
    { tool: 'send_message', outcome: 'sent', requests: 1, status: 200 },
  ]);
  for (const { ms } of calls) expect(ms).toBeGreaterThanOrEqual(0);
  for (const word of ['refund', 'secret word', 'Jane', 'jane.doe', key]) {
    expect(server.stderr()).not.toContain(word);
  }
});

it('a message that is too long ends the server with a reason, not in silence', async () => {
  const child = start({ args: ['--sandbox', ':memory:'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // The server goes away before all of it is written: that is the point.
  child.stdin.on('error', () => {});
  const ended = nextEvent(child, 'close');
  child.stdin.write(Buffer.alloc(20_000_000, 'a'));
  const [code] = await ended;
  expect(code).toBe(1);
  expect(stderr).toContain('too long');
});
