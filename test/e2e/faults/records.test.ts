import { createHash } from 'node:crypto';
import { once as nextEvent } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fullSession } from '../../support/fakes/examples.ts';
import { key } from '../../support/faults/client.ts';
import { resetInBody, silence, status } from '../../support/faults/faults.ts';
import { isSend, message, scene, session, text } from '../../support/faults/scene.ts';
import { start } from '../../support/program/program.ts';

it('--audit-log records each write and refusal before its answer, without the text', async () => {
  const { folder, serveHere } = await scene({
    plan: ({ sessionId }) =>
      sessionId === 'lost' ? { fault: resetInBody } : sessionId === 'refused' ? { fault: status(404) } : {},
  });
  const file = join(folder, 'audit.jsonl');
  const server = await serveHere({ args: ['--audit-log', file] });
  const lines = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const text_sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
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
    ['create_session', { verified: true }, { tool: 'create_session', outcome: 'not_permitted' }],
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
  const { text_salt, text_sha256: hash } = lines()[0];
  expect(hash).toBe(createHash('sha256').update(`${text_salt}${text}`).digest('hex'));
  expect(readFileSync(file, 'utf8')).not.toMatch(/refund|three days/);
});

it('--audit-log records a write interrupted by a shutdown, and a call of a tool that is not offered', async () => {
  const { folder, upstream, serve } = await scene({ plan: () => ({ fault: silence }) });
  const args = ['--audit-log', join(folder, 'audit.jsonl'), '--exclude-tools', 'create_session'];
  const server = await serve({ args });
  await expect(server.call('create_session', {})).rejects.toThrow('Unknown tool');
  const lost = server.call('send_message', message).catch(() => {});
  await upstream.arrival(isSend);
  await server.close();
  await lost;
  const outcomes = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n');
  expect(outcomes.map((line) => JSON.parse(line))).toMatchObject([
    { tool: 'create_session', outcome: 'not_offered' },
    { tool: 'send_message', session, outcome: 'DeliveryUnknownError' },
  ]);
});

describe('an audit log that becomes unwritable', () => {
  /** A server whose audit file can be replaced by a folder, which not even root can write to as a file. */
  async function audited() {
    const all = await scene();
    const file = join(all.folder, 'audit.jsonl');
    const server = await all.serveHere({ args: ['--audit-log', file] });
    return {
      ...all,
      server,
      block: () => {
        rmSync(file, { force: true });
        mkdirSync(file);
      },
      unblock: () => rmdirSync(file),
      outcomes: () =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line).outcome),
    };
  }

  it('does not change the answer of a write already done, and is logged', async () => {
    let block = () => {};
    const all = await scene({
      plan: (arrival) => {
        if (isSend(arrival)) block();
        return {};
      },
    });
    const file = join(all.folder, `audit-${key}.jsonl`);
    const server = await all.serve({ args: ['--audit-log', file] });
    block = () => {
      rmSync(file);
      mkdirSync(file);
    };
    const { isError, view } = await server.call('send_message', message);
    expect(isError).toBe(false);
    expect(view).toMatchObject({ outcome: 'sent', message_id: all.upstream.stored[0]?.id });
    await server.close();
    expect(server.stderr()).toContain('audit line not written');
    expect(server.stderr()).toContain('EISDIR');
    expect(server.stderr()).not.toContain('refund');
    expect(server.stderr()).toContain('audit-[key].jsonl');
    expect(server.stderr()).not.toContain(key);
  });

  it('blocks writes, but not reads, until the missing lines can be written, and is created again if moved away', async () => {
    const { server, folder, upstream, block, unblock, outcomes } = await audited();
    block();
    expect((await server.call('send_message', message)).view?.outcome).toBe('sent');
    for (const [tool, args] of [
      ['send_message', { ...message, text: 'Another' }],
      ['create_session', {}],
      ['update_session', { session_id: session, status: 'open' }],
    ] as const) {
      const { isError, text: told } = await server.call(tool, args);
      expect(isError).toBe(true);
      expect(told).toMatch(
        /^Not done: the audit log cannot be written \(EISDIR.*\nNothing was changed\.\n.*--audit-log/,
      );
    }
    expect((await server.call('get_session', { session_id: session })).isError).toBe(false);
    expect(upstream.arrivals.map(({ operation }) => operation)).toEqual([
      'sendMessage',
      // After the send, and by get_session.
      'getSession',
      'getSession',
    ]);
    unblock();
    expect((await server.call('create_session', {})).isError).toBe(false);
    expect(outcomes()).toEqual(['sent', 'AuditError', 'AuditError', 'AuditError', 'ok']);
    renameSync(join(folder, 'audit.jsonl'), join(folder, 'audit.1'));
    await server.call('send_message', { ...message, text: 'Another' });
    expect(outcomes()).toEqual(['sent']);
  });
});

it('OPENCX_LOG_LEVEL=info logs one line per call, with tool and outcome but no content', async () => {
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
    { tool: 'send_message', outcome: 'sent', requests: 2, status: 200 },
  ]);
  for (const { ms } of calls) expect(ms).toBeGreaterThanOrEqual(0);
  for (const word of ['refund', 'secret word', 'Jane', 'jane.doe', key]) {
    expect(server.stderr()).not.toContain(word);
  }
});

it('a crash prints its stack trace without the key', async () => {
  const { serve } = await scene();
  const crash = `process.on('SIGUSR2', () => { throw new Error('fault of ' + process.env.OPENCX_API_KEY) })`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` };
  const server = await serve({ env });
  await server.end('SIGUSR2');
  expect(server.stderr()).toMatch(/^Error: fault of \[key\]\n +at /);
  expect(server.stderr()).not.toContain(key);
});

it('a message that is too long is refused by its id, logged once, and the server goes on', async () => {
  const child = start();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = nextEvent(child, 'close');
  const long = { jsonrpc: '2.0', id: 1, method: 'ping', params: { text: 'a'.repeat(20_000_000) } };
  child.stdin.end(`${JSON.stringify(long)}\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n`);
  const [code] = await ended;
  expect(code).toBe(0);
  const replies = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(replies).toMatchObject([
    { id: 1, error: { code: -32600 } },
    { id: 2, result: {} },
  ]);
  expect(stderr.match(/longer than/g)).toHaveLength(1);
});
