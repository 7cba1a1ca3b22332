import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { InvalidResponseError } from '../../../src/client/errors.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { setUpCalls, textOf, toolOf, viewOf, writeEffect } from '../../support/fakes/calls.ts';
import { contextOf, fakeClock } from '../../support/fakes/fakes.ts';
import { memoryStore } from '../../support/state/memory-store.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('the progress of a call shows no secret', async () => {
  const { call, progress } = setUpCalls({ secrets: ['hunter22'] });
  await call(
    toolOf(async (_, context) => {
      context.progress('Waiting for hunter22');
      return 'yes';
    }),
  );
  expect(progress).toEqual(['Waiting for [key]']);
});

describe('a call', () => {
  it('answers in both renderings, without keys that are not in the schema', async () => {
    const result = await setUpCalls().call(toolOf(async () => 'yes'));
    expect(viewOf(result)).toEqual({ word: 'yes' });
    expect(textOf(result)).toMatch(/^yes [0-9a-f]{12}$/);
  });

  it('has a new boundary each time', async () => {
    const { call } = setUpCalls();
    const texts = await Promise.all([1, 2, 3].map(async () => textOf(await call(toolOf(async () => 'yes')))));
    expect(new Set(texts).size).toBe(3);
  });

  it('shows ages by the clock of the API, which its own answers told', async () => {
    let offset: number | undefined;
    const clock = fakeClock();
    const { call } = setUpCalls({ clock, client: contextOf({ clockOffset: () => offset }).client });
    const tool = toolOf(
      async () => {
        offset = -86_400_000;
      },
      { present: (_, { now }) => ({ view: { word: String(clock.now() - now.getTime()) }, text: 'x' }) },
    );
    expect(viewOf(await call(tool))).toEqual({ word: '86400000' });
  });

  it('says which arguments it ignored', async () => {
    const { call } = setUpCalls();
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
    const result = await setUpCalls().call(tool, { sesion_id: 's1' });
    expect(result).toMatchObject({ kind: 'failure', isInput: true, isTimeout: false });
    expect(textOf(result)).toContain('did you mean `session_id`?');
    expect(ran).toBe(false);
  });

  it('passes pictures on beside the answer', async () => {
    const images = [{ type: 'image', data: 'aGk=', mimeType: 'image/png' } as const];
    const { call } = setUpCalls();
    const withImages = toolOf(async () => 'yes', {
      present: () => ({ view: { word: 'yes' }, text: 'yes', images }),
    });
    expect(await call(withImages)).toEqual({ kind: 'answer', text: 'yes', view: { word: 'yes' }, images });
    expect(await call(toolOf(async () => 'yes'))).not.toHaveProperty('images');
  });

  it.each([
    ['at seven tenths of its time', 8000, 5600],
    ['after ten seconds', 60_000, 10_000],
  ])('stops presenting %s', async (_, timeoutMs, expected) => {
    vi.useFakeTimers();
    const { call } = setUpCalls({ timeoutMs });
    let stopped: unknown;
    const tool = toolOf(async () => 'yes', {
      present: (word, { signal }) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => {
            stopped = signal.reason;
            resolve({ view: { word }, text: 'cut' });
          });
        }),
    });
    const answer = call(tool);
    await vi.advanceTimersByTimeAsync(expected - 1);
    expect(stopped).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(stopped).toMatchObject({ name: 'TimeoutError' });
    expect(textOf(await answer)).toBe('cut');
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    await setUpCalls().call(toolOf(async () => 'yes'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives tools its deadline', async () => {
    const { call } = setUpCalls({ timeoutMs: 700 });
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
    const { call, controller } = setUpCalls();
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
    const { call } = setUpCalls({ timeoutMs: 50 });
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
    const { call } = setUpCalls(more);
    const tool = toolOf(
      (_, context) => {
        context.call.onStart?.('GET');
        return new Promise(() => {});
      },
      { effect: writeEffect },
    );
    const answer = call(tool);
    await vi.advanceTimersByTimeAsync(6000);
    expect(await answer).toMatchObject({ isInput: false, isTimeout: true });
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
      const answer = setUpCalls().call(tool);
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
    const { call } = setUpCalls({ client, sendLog: recordedSendLog(memoryStore(), { account: 'a' }) });
    const body = { sender: 'agent' as const, message: { type: 'text' as const, text: 'Hello' } };
    const tool = toolOf((_, context) => sendOnce('s1', body, false, context), { effect: writeEffect });
    const answers = Promise.all([call(tool), call(tool)]);
    await vi.advanceTimersByTimeAsync(6000);
    for (const answer of await answers)
      expect(textOf(answer)).toContain('It is not known whether a_tool took effect');
  });

  it('reports waiting to the client', async () => {
    const { call, progress } = setUpCalls();
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
    const { call, logged } = setUpCalls();
    const result = await call(toolOf(() => Promise.reject(new InvalidResponseError('It is no JSON.'))));
    expect(result.kind).toBe('failure');
    expect(textOf(result)).toContain('It is no JSON.');
    expect(logged.map(({ message }) => message)).toEqual(['call']);
  });

  it('that is unexpected is logged and its details are hidden from the model', async () => {
    const { call, logged } = setUpCalls();
    const result = await call(toolOf(() => Promise.reject(new Error('secret detail'))));
    expect(result.kind).toBe('failure');
    expect(textOf(result)).toContain('Internal error');
    expect(textOf(result)).not.toContain('secret');
    expect(logged.map(({ message }) => message)).toEqual(['unexpected error', 'call']);
    const id = expect.stringMatching(/^[0-9a-f]{12}$/);
    expect(logged[0]?.fields).toEqual({ call: id, tool: 'a_tool', err: new Error('secret detail') });
  });

  it('in a view that does not match its schema is caught too', async () => {
    const { call } = setUpCalls();
    const broken = toolOf(async () => 'yes', { present: () => ({ view: { word: 7 }, text: '' }) });
    expect((await call(broken)).kind).toBe('failure');
  });
});
