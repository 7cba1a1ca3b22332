import { afterEach, describe, expect, it, vi } from 'vitest';
import * as errors from '../../../src/client/errors.ts';
import { withRetries } from '../../../src/client/http/retry.ts';
import { Deadline } from '../../../src/time/deadline.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** How long a call would wait after this error, and its silence limits. It is cancelled when it waits. */
async function afterError(
  error: Error,
  { method = 'GET', maxWaitMs, ms = 60_000 }: { method?: string; maxWaitMs?: number; ms?: number } = {},
) {
  const cancel = new AbortController();
  const waits: number[] = [];
  const silences: (number | undefined)[] = [];
  const limits = {
    deadline: Deadline.after(ms),
    signal: cancel.signal,
    maxWaitMs,
    onWait(_: string, wait: number) {
      waits.push(wait);
      cancel.abort();
    },
  };
  const call = withRetries(method, limits, async ({ silenceMs }) => {
    silences.push(silenceMs);
    throw error;
  });
  const thrown: unknown = await call.catch((one) => one);
  return { waits, silences, thrown };
}

describe('a failed request', () => {
  const upstream = (retryAfterSeconds?: number) =>
    new errors.UpstreamError('x', { status: 503, mayHaveArrived: true, retryAfterSeconds });

  it.each([
    [0, undefined, 100],
    [1, undefined, 300],
    [0.5, 2, 2200],
  ])('is repeated after half to one and a half of its pause: %d', async (random, seconds, expected) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    const { waits, thrown } = await afterError(upstream(seconds));
    expect(waits).toEqual([expected]);
    expect(thrown).toMatchObject({ kind: 'cancelled', mayHaveArrived: false });
  });

  it('pauses twice as long the second time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const waits: number[] = [];
    const limits = {
      deadline: Deadline.after(60_000),
      onWait: (_: string, ms: number) => void waits.push(ms),
    };
    const call = withRetries('GET', limits, () => Promise.reject(upstream()));
    await expect(call).rejects.toMatchObject({ status: 503 });
    expect(waits).toEqual([100, 200]);
  });

  it('is not repeated if the pause would exceed the deadline', async () => {
    expect(await afterError(upstream(7), { ms: 7000 })).toMatchObject({ waits: [], thrown: { status: 503 } });
  });

  it('is not repeated if it is a bug', async () => {
    const bug = new TypeError('x');
    expect(await afterError(bug)).toMatchObject({ waits: [], thrown: bug });
  });

  it.each([
    ['the write was silent', new errors.SilentError('x', { mayHaveArrived: false }), 'POST'],
    ['the write timed out', new errors.TimeoutError('x', { mayHaveArrived: false }), 'POST'],
    ['the read timed out', new errors.TimeoutError('x', { mayHaveArrived: false }), 'GET'],
  ])('is not repeated if %s', async (_, error, method) => {
    expect(await afterError(error, { method })).toMatchObject({ waits: [], thrown: error });
  });
});

describe('the patience of a call', () => {
  const limited = (status?: number) => new errors.RateLimitedError('x', { status, retryAfterSeconds: 1 });

  it.each([
    ['waits as long as its deadline allows without one', limited(429), undefined, 1],
    ['waits for the budget without one', limited(), undefined, 1],
    ['waits after a 429 that it has patience for', limited(429), 1100, 1],
    ['does not wait after a 429 for longer', limited(429), 1099, 0],
    ['does not wait for the budget again', limited(), 50_000, 0],
    ['concerns no other failure', new errors.ConnectionError('x', { mayHaveArrived: false }), 1, 1],
  ])('%s', async (_, error, maxWaitMs, waits) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const result = await afterError(error, maxWaitMs === undefined ? {} : { maxWaitMs });
    expect(result.waits).toHaveLength(waits);
  });
});

it('a read may be silent for a share of its time, but at least a second', async () => {
  const { silences } = await afterError(new TypeError('x'));
  expect(silences[0]).toBeGreaterThan(14_500);
  expect(silences[0]).toBeLessThanOrEqual(15_000);
  expect((await afterError(new TypeError('x'), { ms: 2000 })).silences).toEqual([1000]);
  expect((await afterError(new TypeError('x'), { method: 'POST' })).silences).toEqual([undefined]);
});
