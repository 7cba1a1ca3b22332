import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../../src/client/files/download.ts';
import { NotPublicError } from '../../../src/client/files/file-pool.ts';
import { Deadline } from '../../../src/time/deadline.ts';

type Handler = Required<Dispatcher.DispatchHandler>;
type Fields = Record<string, string | string[]>;

/** Downloads from a host that does what `serve` says. `aborted` has what its connection was given up for. */
function setUp(
  serve: (handler: Handler, controller: Dispatcher.DispatchController) => void,
  signal?: AbortSignal,
) {
  const aborted: unknown[] = [];
  const heads: number[] = [];
  const asked: Dispatcher.DispatchOptions[] = [];
  const controller = { abort: (reason: unknown) => void aborted.push(reason) } as never;
  const dispatcher = {
    dispatch(options: Dispatcher.DispatchOptions, handler: Handler) {
      asked.push(options);
      serve(handler, controller);
      return true;
    },
  } as unknown as Dispatcher;
  const wanted = {
    maxBytes: 2000,
    accepts(head: Buffer) {
      heads.push(head.length);
      return head[0] !== 0;
    },
  };
  const limits = { deadline: Deadline.after(5000), signal };
  const url = new URL('https://files.example/a?b=c');
  return { result: download(dispatcher, url, 'ours/1', wanted, limits), aborted, heads, asked };
}

/** Answers with these fields and parts. */
const answer =
  (status: number, fields: Fields = {}, ...parts: Buffer[]) =>
  (handler: Handler, controller: Dispatcher.DispatchController) => {
    handler.onRequestStart(controller, {});
    handler.onResponseStart(controller, status, fields);
    for (const part of parts) handler.onResponseData(controller, part);
    handler.onResponseEnd(controller, {});
  };

const bytes = (length: number) => Buffer.alloc(length, 'x');

afterEach(() => {
  vi.useRealTimers();
});

describe('a download', () => {
  it('asks for the file as it is, and once whether it is wanted', async () => {
    const type = { 'content-type': ['text/plain', 'text/html'] };
    const { result, heads, aborted, asked } = setUp(answer(200, type, bytes(511), bytes(1), bytes(600)));
    expect(await result).toEqual({ state: 'read', bytes: bytes(1112), declaredType: 'text/plain' });
    expect(heads).toEqual([512]);
    expect(aborted).toEqual([]);
    expect(asked).toEqual([
      {
        origin: 'https://files.example',
        path: '/a?b=c',
        method: 'GET',
        headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'ours/1' },
        headersTimeout: 0,
        bodyTimeout: 0,
      },
    ]);
  });

  it.each([0, 1, 2000])('of %i bytes is read', async (length) => {
    const { result, heads } = setUp(answer(200, {}, bytes(length)));
    expect(await result).toEqual({ state: 'read', bytes: bytes(length), declaredType: undefined });
    expect(heads).toEqual([length]);
  });

  it('that is not wanted ends with its first bytes', async () => {
    const { result, heads, aborted } = setUp(answer(200, {}, Buffer.alloc(600), bytes(600)));
    expect(await result).toEqual({ state: 'failed', problem: 'unwanted', head: Buffer.alloc(600) });
    expect(heads).toEqual([600]);
    expect(aborted).toHaveLength(1);
  });

  it.each<[string, Fields, Buffer[], object]>([
    ['too much', {}, [bytes(2000), bytes(1)], { state: 'failed', problem: 'too_large' }],
    ['too much, as it says', { 'content-length': '2001' }, [], { state: 'failed', problem: 'too_large' }],
    ['compressed', { 'content-encoding': 'gzip' }, [bytes(1)], { state: 'failed', problem: 'encoded' }],
    ['a kind of identity', { 'content-encoding': 'x-identity' }, [], { state: 'failed', problem: 'encoded' }],
    [
      'more than identity',
      { 'content-encoding': 'identity, br' },
      [],
      { state: 'failed', problem: 'encoded' },
    ],
  ])('of %s is left, and its connection closed', async (_, fields, parts, expected) => {
    const { result, aborted } = setUp(answer(200, fields, ...parts));
    expect(await result).toEqual(expected);
    expect(aborted).toMatchObject([{ message: 'The rest of the file is not wanted.' }]);
  });

  it.each<Fields>([
    { 'content-length': '2000' },
    { location: '/b' },
    { 'content-encoding': 'Identity' },
    { 'content-encoding': '' },
  ])('with %j is read', async (fields) => {
    expect(await setUp(answer(200, fields, bytes(1))).result).toMatchObject({ state: 'read' });
  });

  it.each([
    [302, { location: '/b' }, { state: 'redirect', location: '/b' }],
    [300, { location: ['/b', '/c'] }, { state: 'redirect', location: '/b' }],
    [302, {}, { state: 'refused', status: 302 }],
    [300, {}, { state: 'refused', status: 300 }],
    [400, { location: '/b' }, { state: 'refused', status: 400 }],
    [500, {}, { state: 'refused', status: 500 }],
  ])('answered with %i %j', async (status, fields, expected) => {
    expect(await setUp(answer(status, fields, bytes(1))).result).toEqual(expected);
  });

  it('takes no notice of what comes after its end', async () => {
    const { result, aborted } = setUp((handler, controller) => {
      handler.onRequestStart(controller, {});
      handler.onResponseStart(controller, 404, {});
      handler.onResponseError(controller, new Error('aborted'));
    });
    expect(await result).toEqual({ state: 'refused', status: 404 });
    expect(aborted).toHaveLength(1);
  });

  it('takes no notice of what comes before the answer', async () => {
    const { result } = setUp((handler, controller) => {
      handler.onRequestStart(controller, {});
      handler.onResponseStart(controller, 103, { 'content-type': 'text/html', 'content-length': '9999' });
      handler.onResponseStart(controller, 200, {});
      handler.onResponseEnd(controller, {});
    });
    expect(await result).toEqual({ state: 'read', bytes: bytes(0), declaredType: undefined });
  });

  it.each([
    ['unreachable', new Error('x')],
    ['unreachable', 'x'],
    ['not_public', new NotPublicError('x')],
    ['not_public', new Error('x', { cause: new NotPublicError('x') })],
  ])('whose connection fails is %s', async (problem, error) => {
    const { result } = setUp((handler, controller) => handler.onResponseError(controller, error as Error));
    expect(await result).toEqual({ state: 'failed', problem });
  });

  it('from an address that HTTP does not allow is unreachable', async () => {
    const { result } = setUp(() => {
      throw new TypeError('invalid path');
    });
    expect(await result).toEqual({ state: 'failed', problem: 'unreachable' });
  });
});

describe('a download that takes too long', () => {
  it('ends at the deadline, and closes its connection', async () => {
    vi.useFakeTimers();
    const { result, aborted, heads } = setUp((handler, controller) => {
      handler.onRequestStart(controller, {});
      handler.onResponseStart(controller, 200, {});
      handler.onResponseData(controller, bytes(1));
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await result).toEqual({ state: 'failed', problem: 'timeout' });
    expect(aborted).toHaveLength(1);
    expect(heads).toEqual([]);
  });

  it('gets no connection after its deadline', async () => {
    vi.useFakeTimers();
    let start = () => {};
    const { result, aborted } = setUp((handler, controller) => {
      start = () => handler.onRequestStart(controller, {});
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await result).toEqual({ state: 'failed', problem: 'timeout' });
    expect(aborted).toEqual([]);
    start();
    expect(aborted).toMatchObject([{ message: 'The file is no longer wanted.' }]);
  });

  it('leaves no timer behind when it ends before', async () => {
    vi.useFakeTimers();
    await setUp(answer(200)).result;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks for nothing if its call was cancelled', async () => {
    const { result, asked } = setUp(answer(200), AbortSignal.abort());
    await expect(result).rejects.toMatchObject({ kind: 'cancelled', mayHaveArrived: true });
    expect(asked).toEqual([]);
  });

  it('ends with its call', async () => {
    const cancel = new AbortController();
    const { result } = setUp(() => {}, cancel.signal);
    cancel.abort('a reason');
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
