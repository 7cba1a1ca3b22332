import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Limits } from '../../../src/client/http/call-options.ts';
import { wait } from '../../../src/client/http/call-options.ts';
import { roundTrip } from '../../../src/client/http/transport.ts';
import { Deadline } from '../../../src/time/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request whose connection the test drives by `handler`. */
function setUp(more: Partial<Limits> = {}, dispatch: () => void = () => {}) {
  const aborted: unknown[] = [];
  const controller = {
    abort: (reason: unknown) => void aborted.push(reason),
  } as Dispatcher.DispatchController;
  let handler: Required<Dispatcher.DispatchHandler> | undefined;
  const dispatcher = {
    dispatch(_: unknown, given: Required<Dispatcher.DispatchHandler>) {
      dispatch();
      handler = given;
      return true;
    },
  } as unknown as Dispatcher;
  const onStart = vi.fn();
  const limits = { deadline: Deadline.after(5000), ...more };
  const request = { origin: 'https://api.example.com', path: '/', method: 'GET' } as const;
  const response = roundTrip(dispatcher, request, limits, onStart);
  response.catch(() => {});
  return {
    response,
    onStart,
    aborted,
    isDispatched: () => handler !== undefined,
    start: () => handler?.onRequestStart(controller, undefined),
    head: (status: number) => handler?.onResponseStart(controller, status, {}),
    data: (text: string) => handler?.onResponseData(controller, Buffer.from(text)),
    end: () => handler?.onResponseEnd(controller, {}),
    fail: (error: Error) => handler?.onResponseError(controller, error),
  };
}

describe('a request', () => {
  it('is answered with its last head, and leaves no timer', async () => {
    const call = setUp({ silenceMs: 1000 });
    call.start();
    call.head(103);
    call.head(200);
    call.data('a');
    call.data('b');
    call.end();
    expect(await call.response).toMatchObject({ status: 200, text: 'ab' });
    expect(call.onStart).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that was given up before is not made', async () => {
    const call = setUp({ signal: AbortSignal.abort() });
    await expect(call.response).rejects.toMatchObject({ kind: 'cancelled', mayHaveArrived: false });
    expect(call.isDispatched()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that was given up while it connected is not written', async () => {
    const cancel = new AbortController();
    const call = setUp({ signal: cancel.signal });
    cancel.abort();
    await expect(call.response).rejects.toMatchObject({ kind: 'cancelled', mayHaveArrived: false });
    call.start();
    expect(call.onStart).not.toHaveBeenCalled();
    expect(call.aborted).toMatchObject([{ kind: 'cancelled' }]);
  });

  it('that HTTP does not allow fails', async () => {
    const call = setUp({}, () => {
      throw new TypeError('invalid path');
    });
    await expect(call.response).rejects.toThrow('invalid path');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [200, 'rejects'],
    [299, 'rejects'],
    [300, 'resolves'],
    [503, 'resolves'],
  ] as const)('whose answer %i breaks off %s', async (status, outcome) => {
    const call = setUp();
    call.start();
    call.head(status);
    call.data('a');
    call.fail(new Error('broken'));
    if (outcome === 'rejects') await expect(call.response).rejects.toThrow('broken');
    else expect(await call.response).toMatchObject({ status, text: '' });
  });
});

describe('silence', () => {
  it('before the request was written means that it did not arrive', async () => {
    const call = setUp({ silenceMs: 1000 });
    await vi.advanceTimersByTimeAsync(1000);
    await expect(call.response).rejects.toMatchObject({ name: 'SilentError', mayHaveArrived: false });
  });

  it('afterwards leaves that open', async () => {
    const call = setUp({ silenceMs: 1000 });
    call.start();
    await vi.advanceTimersByTimeAsync(999);
    call.head(200);
    await vi.advanceTimersByTimeAsync(999);
    call.data('a');
    await vi.advanceTimersByTimeAsync(999);
    expect(call.aborted).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await expect(call.response).rejects.toMatchObject({ name: 'SilentError', mayHaveArrived: true });
    expect(call.aborted).toHaveLength(1);
  });
});

it('a wait that is cancelled before it begins ends at once', async () => {
  const onWait = vi.fn();
  const limits = { deadline: Deadline.after(5000), signal: AbortSignal.abort(), onWait };
  await expect(wait(1000, 'for a test', limits)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(onWait.mock.calls).toEqual([['for a test', 1000]]);
});
