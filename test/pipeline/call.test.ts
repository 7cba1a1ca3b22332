import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SessionsClient } from '../../src/client/client.ts';
import { InvalidResponseError } from '../../src/client/errors.ts';
import { z } from '../../src/contract/zod.ts';
import type { Context } from '../../src/conversations/context.ts';
import { sendOnce } from '../../src/conversations/sending/send-once.ts';
import { InputRequired } from '../../src/conversations/sending/send-question.ts';
import { type CallDependencies, executeCall, type Outcome } from '../../src/pipeline/call.ts';
import { recordedSendLog } from '../../src/state/attempts/recorded-send-log.ts';
import type { AuditRecord } from '../../src/state/audit.ts';
import { AuditError } from '../../src/state/errors.ts';
import { newMemory } from '../../src/state/memory/principal-memory.ts';
import { nextTurn } from '../../src/time/clock.ts';
import { Deadline } from '../../src/time/deadline.ts';
import type { AnyTool } from '../../src/tools/index.ts';
import { readEffect } from '../../src/tools/tool.ts';
import { contextOf, fakeClock, session } from '../support/fakes/fakes.ts';
import { memoryStore } from '../support/state/memory-store.ts';

const writeEffect = { write: true, destructive: false, idempotent: false, openWorld: true };

/** A tool with the given behaviour. */
function toolOf(
  run: (input: unknown, context: Context) => Promise<unknown>,
  more: Partial<AnyTool> = {},
): AnyTool {
  return {
    name: 'a_tool',
    title: 'A tool',
    description: 'For a test.',
    effect: readEffect,
    input: z.object({ session_id: z.string(), text: z.string().optional() }).strict(),
    output: z.object({ word: z.string() }),
    run,
    present: (word, { nonce }) => ({ view: { word, surplus: 'x' }, text: `${word} ${nonce}` }),
    ...more,
  };
}

function setUp(more: Partial<CallDependencies> & { timeoutMs?: number } = {}) {
  const { timeoutMs = 5000, ...changed } = more;
  const logged: { fields: Record<string, unknown>; message: string }[] = [];
  const audited: AuditRecord[] = [];
  const progress: string[] = [];
  const log = (fields: object, message: string) => {
    logged.push({ fields: fields as Record<string, unknown>, message });
  };
  const { client, sendLog } = contextOf({});
  const controller = new AbortController();
  const dependencies: CallDependencies = {
    client,
    sendLog,
    audit: { write: async (record) => void audited.push(record), ready: async () => {} },
    allowVerified: false,
    confirmSends: false,
    logger: { info: log, error: log },
    ...changed,
  };
  const call = (tool: AnyTool, given: unknown = { session_id: 's1' }) =>
    executeCall(tool, given, dependencies, {
      abortController: controller,
      deadline: Deadline.after(timeoutMs),
      progress: (message) => void progress.push(message),
      memory: newMemory(),
    });
  return { call, logged, audited, progress, controller };
}

afterEach(() => {
  vi.useRealTimers();
});

it('the progress of a call shows no secret', async () => {
  const { call, progress } = setUp({ secrets: ['hunter22'] });
  await call(
    toolOf(async (_, context) => {
      context.progress('Waiting for hunter22');
      return 'yes';
    }),
  );
  expect(progress).toEqual(['Waiting for [key]']);
});

const textOf = (outcome: Outcome) => (outcome.kind === 'input_required' ? '' : outcome.text);
const viewOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.view : undefined);

describe('a call', () => {
  it('answers in both renderings, without keys that are not in the schema', async () => {
    const result = await setUp().call(toolOf(async () => 'yes'));
    expect(viewOf(result)).toEqual({ word: 'yes' });
    expect(textOf(result)).toMatch(/^yes [0-9a-f]{12}$/);
  });

  it('has a new boundary each time', async () => {
    const { call } = setUp();
    const texts = await Promise.all([1, 2, 3].map(async () => textOf(await call(toolOf(async () => 'yes')))));
    expect(new Set(texts).size).toBe(3);
  });

  it('shows ages by the clock of the API, which its own answers told', async () => {
    let offset: number | undefined;
    const clock = fakeClock();
    const { call } = setUp({ clock, client: contextOf({ clockOffset: () => offset }).client });
    const tool = toolOf(
      async () => {
        offset = -86_400_000;
      },
      { present: (_, { now }) => ({ view: { word: String(clock.now() - now.getTime()) }, text: 'x' }) },
    );
    expect(viewOf(await call(tool))).toEqual({ word: '86400000' });
  });

  it('says which arguments it ignored', async () => {
    const { call } = setUp();
    const outcome = await call(
      toolOf(async () => 'done'),
      { session_id: 's1', toolCallId: 'c1', tool: 'x' },
    );
    expect(outcome).toMatchObject({ kind: 'answer', view: { word: 'done' } });
    expect((outcome as { text: string }).text).toMatch(/^Ignored arguments: toolCallId, tool\.\ndone /);
  });

  it('does not run a tool with invalid arguments', async () => {
    let ran = false;
    const tool = toolOf(async () => {
      ran = true;
    });
    const result = await setUp().call(tool, { sesion_id: 's1' });
    expect(result.kind).toBe('failure');
    expect(textOf(result)).toContain('did you mean `session_id`?');
    expect(ran).toBe(false);
  });

  it('gives tools its deadline', async () => {
    const { call } = setUp({ timeoutMs: 700 });
    let left = 0;
    const tool = toolOf(async (_, context) => {
      left = context.call.deadline.remainingMs;
      return 'yes';
    });
    await call(tool);
    expect(left).toBeGreaterThan(300);
    expect(left).toBeLessThanOrEqual(700);
  });

  it('aborts its requests when the client cancels', async () => {
    const { call, controller } = setUp();
    const aborted = call(
      toolOf(async (_, context) => {
        controller.abort();
        return String(context.call.signal.aborted);
      }),
    );
    expect(viewOf(await aborted)).toEqual({ word: 'true' });
  });

  it('ends at its deadline even if the clock was set back', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { call } = setUp({ timeoutMs: 50 });
    const tool = toolOf((_, context) => {
      vi.setSystemTime(Date.now() - 3_600_000);
      const { signal } = context.call;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason.name)));
    });
    expect(viewOf(await call(tool))).toEqual({ word: 'TimeoutError' });
  });

  it.each([
    ['a tool', {}],
    ['the audit log', { audit: { write: async () => {}, ready: () => new Promise<void>(() => {}) } }],
  ])('is answered even if %s hangs, and says that nothing was sent', async (_, more) => {
    vi.useFakeTimers();
    const { call } = setUp(more);
    const tool = toolOf(
      (_, context) => {
        context.call.onStart?.('GET');
        return new Promise(() => {});
      },
      { effect: writeEffect },
    );
    const answer = call(tool);
    await vi.advanceTimersByTimeAsync(6000);
    expect(textOf(await answer)).toMatch(
      /^The call did not end in time\.\nNothing was sent and nothing was changed\.\n/,
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['POST', 'PATCH'] as const)(
    'that hangs after a %s left says that its effect is not known',
    async (method) => {
      vi.useFakeTimers();
      const tool = toolOf(
        (_, context) => {
          context.call.onStart?.(method);
          return new Promise(() => {});
        },
        { effect: writeEffect },
      );
      const answer = setUp().call(tool);
      await vi.advanceTimersByTimeAsync(6000);
      expect(textOf(await answer)).toMatch(
        /^The call did not end in time\.\nIt is not known whether a_tool took/,
      );
    },
  );

  it('that waits for the write of an equal call, which hangs, says that too', async () => {
    vi.useFakeTimers();
    const sendMessage: SessionsClient['sendMessage'] = (_id, _body, options) => {
      options?.onStart?.('POST');
      return new Promise(() => {});
    };
    const { client } = contextOf({ sendMessage });
    const { call } = setUp({ client, sendLog: recordedSendLog(memoryStore(), { account: 'a' }) });
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text: 'Hello' } };
    const tool = toolOf((_, context) => sendOnce('s1', body, false, context), { effect: writeEffect });
    const answers = Promise.all([call(tool), call(tool)]);
    await vi.advanceTimersByTimeAsync(6000);
    for (const answer of await answers)
      expect(textOf(answer)).toContain('It is not known whether a_tool took effect');
  });

  it('reports waiting to the client', async () => {
    const { call, progress } = setUp();
    await call(
      toolOf(async (_, context) => {
        context.call.onWait?.('for the rate budget', 1400);
        return 'yes';
      }),
    );
    expect(progress).toEqual(['Waiting 2 s for the rate budget']);
  });
});

describe('an error', () => {
  it('that is expected becomes a failure', async () => {
    const { call, logged } = setUp();
    const result = await call(toolOf(() => Promise.reject(new InvalidResponseError('It is no JSON.'))));
    expect(result.kind).toBe('failure');
    expect(textOf(result)).toContain('It is no JSON.');
    expect(logged.map(({ message }) => message)).toEqual(['call']);
  });

  it('that is unexpected is logged and its details are hidden from the model', async () => {
    const { call, logged } = setUp();
    const result = await call(toolOf(() => Promise.reject(new Error('secret detail'))));
    expect(result.kind).toBe('failure');
    expect(textOf(result)).toContain('Internal error');
    expect(textOf(result)).not.toContain('secret');
    expect(logged.map(({ message }) => message)).toEqual(['unexpected error', 'call']);
  });

  it('in a view that does not match its schema is caught too', async () => {
    const { call } = setUp();
    const broken = toolOf(async () => 'yes', { present: () => ({ view: { word: 7 }, text: '' }) });
    expect((await call(broken)).kind).toBe('failure');
  });
});

describe('the log', () => {
  it('has one line per call, with its requests but never its text', async () => {
    const { call, logged } = setUp();
    const tool = toolOf(async (_, context) => {
      const request = { method: 'GET', route: '/chat/sessions', origin: 'http://127.0.0.1' } as const;
      for (const [repeats, status] of [500, 200].entries())
        context.call.onRequest?.({ ...request, repeats })({ status });
      return 'yes';
    });
    await call(tool, { session_id: 's1', text: 'private words' });
    expect(logged).toHaveLength(1);
    expect(logged[0]?.fields).toMatchObject({ tool: 'a_tool', outcome: 'ok', requests: 2, status: 200 });
    expect(JSON.stringify(logged)).not.toContain('private');
  });
});

describe('the audit log', () => {
  const sent = z.object({ outcome: z.string() });
  const presentSent = () => ({ view: { outcome: 'sent' }, text: '' });

  it('records a write with its outcome, a failure, and invalid arguments', async () => {
    const { call, audited } = setUp();
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
    expect(audited).toMatchObject([
      { tool: 'a_tool', session: 's1', text: 'Hello', outcome: 'sent' },
      { tool: 'a_tool', session: 's1', text: 'Hello', outcome: 'InvalidResponseError' },
      { tool: 'a_tool', session: undefined, text: 'Hello', outcome: 'invalid_arguments' },
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
    const { call, audited } = setUp({ client, sendLog: recordedSendLog(memoryStore(), { account: 'a' }) });
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
    const { call, audited } = setUp();
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
    const { call, audited } = setUp();
    const input = z.object({ session_id: z.string().transform((id) => id.trim()) }).strict();
    await call(
      toolOf(async () => 'yes', { effect: writeEffect, input }),
      { session_id: ' s1 ' },
    );
    expect(audited).toMatchObject([{ session: 's1', outcome: 'ok' }]);
  });

  it('does not record reads', async () => {
    const { call, audited } = setUp();
    await call(toolOf(async () => 'yes'));
    expect(audited).toMatchObject([]);
  });

  it('has no record of a question: nothing happened yet', async () => {
    const { call, audited } = setUp();
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
    const { call } = setUp({ audit: { write: async () => {}, ready } });
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
    const { call, logged } = setUp({ audit });
    const result = await call(toolOf(async () => 'yes', { effect: writeEffect }));
    expect(viewOf(result)).toEqual({ word: 'yes' });
    expect(logged.map(({ message }) => message)).toContain('audit line not written');
  });
});
