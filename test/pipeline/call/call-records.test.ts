import { describe, expect, it, vi } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { InvalidResponseError } from '../../../src/client/errors.ts';
import { z } from '../../../src/contract/zod.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { InputRequired } from '../../../src/conversations/sending/send-question.ts';
import { recordRefusal } from '../../../src/pipeline/call.ts';
import type { Telemetry } from '../../../src/pipeline/telemetry.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { AuditError } from '../../../src/state/errors.ts';
import { nextTurn } from '../../../src/time/clock.ts';
import { setUpCalls, toolOf, viewOf, writeEffect } from '../../support/fakes/calls.ts';
import { contextOf, fakeClock, session } from '../../support/fakes/fakes.ts';
import { memoryStore } from '../../support/state/memory-store.ts';

describe('the log', () => {
  it('has one line per call, with its requests but never its text', async () => {
    const { call, logged } = setUpCalls({ clock: fakeClock() });
    const tool = toolOf(async (_, context) => {
      await context.clock.sleep(1234.5);
      const request = { method: 'GET', route: '/chat/sessions', origin: 'http://127.0.0.1' } as const;
      for (const [repeats, status] of [500, 200].entries())
        context.call.onRequest?.({ ...request, repeats })({ status });
      return 'yes';
    });
    await call(tool, { session_id: 's1', text: 'private words' });
    expect(logged).toHaveLength(1);
    const fields = { tool: 'a_tool', outcome: 'ok', ms: 1235, requests: 2, status: 200 };
    expect(logged[0]?.fields).toEqual({ call: expect.any(String), ...fields });
    expect(JSON.stringify(logged)).not.toContain('private');
  });
});

it('the writes of calls are counted by their outcome, and reads are not', async () => {
  const wrote: string[][] = [];
  const telemetry = { wrote: (...all: string[]) => void wrote.push(all) } as unknown as Telemetry;
  const { call } = setUpCalls({ telemetry });
  await call(toolOf(async () => 'yes'));
  await call(toolOf(async () => 'yes', { effect: writeEffect }));
  await call(
    toolOf(async () => 'yes', { effect: writeEffect }),
    {},
  );
  expect(wrote).toEqual([
    ['a_tool', 'ok'],
    ['a_tool', 'invalid_arguments'],
  ]);
});

describe('the audit log', () => {
  const sent = z.object({ outcome: z.string() });
  const presentSent = () => ({ view: { outcome: 'sent' }, text: '' });

  it('records a write with its outcome, a failure, and invalid arguments', async () => {
    const { call, audited } = setUpCalls();
    const more = { effect: writeEffect, output: sent, present: presentSent };
    await call(
      toolOf(async () => 'yes', more),
      { session_id: 's1', text: 'Hello' },
    );
    await call(
      toolOf(() => Promise.reject(new InvalidResponseError('x')), more),
      { session_id: 's1', text: 'Hello' },
    );
    await call(
      toolOf(async () => 'yes', more),
      { text: 'Hello' },
    );
    await call(
      toolOf(async () => 'yes', more),
      { session_id: [1], text: [2] },
    );
    expect(audited).toMatchObject([
      { tool: 'a_tool', session: 's1', text: 'Hello', outcome: 'sent' },
      { tool: 'a_tool', session: 's1', text: 'Hello', outcome: 'InvalidResponseError' },
      { tool: 'a_tool', session: undefined, text: 'Hello', outcome: 'invalid_arguments' },
      { tool: 'a_tool', session: undefined, text: undefined, outcome: 'invalid_arguments' },
    ]);
  });

  it('says which draft was stored', async () => {
    const { call, audited } = setUpCalls();
    const output = z.object({ outcome: z.string(), draft: z.object({ number: z.number() }) });
    const view = { outcome: 'waiting', draft: { number: 7 } };
    await call(
      toolOf(async () => 'yes', { effect: writeEffect, output, present: () => ({ view, text: '' }) }),
    );
    expect(audited).toMatchObject([{ outcome: 'waiting', draft: 7 }]);
  });

  it('records the call of a tool that is not offered, clean and without secrets', async () => {
    const { dependencies, audited, logged } = setUpCalls({ secrets: ['hunter22'] });
    await recordRefusal('send\n_message', { session_id: 'a\u2028hunter22', text: 'Hello' }, dependencies);
    await recordRefusal('send_message', undefined, dependencies);
    expect(audited).toEqual([
      { tool: 'send _message', session: 'a [key]', text: 'Hello', outcome: 'not_offered' },
      { tool: 'send_message', outcome: 'not_offered' },
    ]);
    const failing = {
      ...dependencies,
      audit: { write: () => Promise.reject(new Error('disk full')), ready: async () => {} },
    };
    await recordRefusal('send_message', {}, failing);
    expect(logged).toMatchObject([
      { fields: { tool: 'send_message', err: new Error('disk full') }, message: 'audit line not written' },
    ]);
  });

  it('says which of two equal calls made the request', async () => {
    let posts = 0;
    const sendMessage: SessionsClient['sendMessage'] = async (_id, _body, options) => {
      posts += 1;
      options?.onStart?.('POST');
      await nextTurn();
      return { outcome: 'sent' as const, messageId: 'message-1' };
    };
    const { client } = contextOf({ sendMessage });
    const { call, audited } = setUpCalls({
      client,
      sendLog: recordedSendLog(memoryStore(), { account: 'a' }),
    });
    const input = z.object({ session_id: z.string(), text: z.string() });
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text: 'Hello' } };
    const tool = toolOf(
      async (_, context) => {
        await sendOnce('s1', body, false, context);
        return 'yes';
      },
      { effect: writeEffect, input },
    );
    const given = { session_id: 's1', text: 'Hello' };
    await Promise.all([call(tool, given), call(tool, given)]);
    await call(tool, given);
    expect(posts).toBe(1);
    expect(audited.map(({ outcome, requested }) => ({ outcome, requested }))).toEqual(
      expect.arrayContaining([
        { outcome: 'ok', requested: true },
        { outcome: 'ok', requested: false },
        { outcome: 'AlreadySentError', requested: false },
      ]),
    );
    expect(new Set(audited.map(({ id }) => id)).size).toBe(3);
  });

  it.each([
    ['that reads', 'GET', false],
    ['that writes', 'POST', true],
    ['that changes something', 'PATCH', true],
  ] as const)('says whether a request %s has left', async (_, method, requested) => {
    const { call, audited } = setUpCalls();
    const tool = toolOf(
      async (_, context) => {
        context.call.onStart?.(method);
        return 'yes';
      },
      { effect: writeEffect },
    );
    await call(tool);
    expect(audited).toMatchObject([{ outcome: 'ok', requested }]);
  });

  it('contains the parsed session id', async () => {
    const { call, audited } = setUpCalls();
    const input = z.object({ session_id: z.string().transform((id) => id.trim()) }).strict();
    await call(
      toolOf(async () => 'yes', { effect: writeEffect, input }),
      { session_id: ' s1 ' },
    );
    expect(audited).toMatchObject([{ session: 's1', outcome: 'ok' }]);
  });

  it('does not record reads', async () => {
    const { call, audited } = setUpCalls();
    await call(toolOf(async () => 'yes'));
    expect(audited).toMatchObject([]);
  });

  it('has no record of a question: nothing happened yet', async () => {
    const { call, audited } = setUpCalls();
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text: 'Hello' } };
    const question = { session: session('s1'), body, digest: 'd' };
    const tool = toolOf(async () => new InputRequired(question), { effect: writeEffect });
    expect((await call(tool)).kind).toBe('input_required');
    expect(audited).toEqual([]);
  });

  it('has to be ready before a write begins, and a read does not wait for it', async () => {
    const ready = async () => {
      throw new AuditError(new Error('disk full'));
    };
    const { call } = setUpCalls({ audit: { write: async () => {}, ready } });
    const run = vi.fn(async () => 'yes');
    expect(await call(toolOf(run, { effect: writeEffect }))).toMatchObject({
      kind: 'failure',
      text: expect.stringContaining('the audit log cannot be written (disk full)'),
    });
    expect(run).not.toHaveBeenCalled();
    expect(viewOf(await call(toolOf(run)))).toEqual({ word: 'yes' });
  });

  it('that cannot be written causes a log entry and leaves the answer unchanged', async () => {
    const audit = { write: () => Promise.reject(new Error('disk full')), ready: async () => {} };
    const { call, logged } = setUpCalls({ audit });
    const result = await call(toolOf(async () => 'yes', { effect: writeEffect }));
    expect(viewOf(result)).toEqual({ word: 'yes' });
    expect(logged.find(({ message }) => message === 'audit line not written')?.fields).toEqual({
      call: expect.stringMatching(/^[0-9a-f]{12}$/),
      tool: 'a_tool',
      err: new Error('disk full'),
    });
  });
});
