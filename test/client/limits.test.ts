import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bounded } from '../../src/client/limits.ts';

describe('a bounded signal', () => {
  it('aborts at the deadline, garbage collection or not', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { signal, release } = bounded({ signal: new AbortController().signal, deadline: Date.now() + 60 });
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    const collecting = setInterval(collect, 5);
    await aborted;
    clearInterval(collecting);
    release();
    expect((signal.reason as Error).name).toBe('TimeoutError');
  });

  it('aborts with the signal of the call, and for its reason', () => {
    const controller = new AbortController();
    const { signal, release } = bounded({ signal: controller.signal, deadline: Date.now() + 60_000 });
    controller.abort(new Error('enough'));
    expect(signal.reason).toMatchObject({ message: 'enough' });
    release();
  });

  it('is aborted from the start when the call is over already', () => {
    const cancelled = bounded({ signal: AbortSignal.abort(), deadline: Date.now() + 60_000 });
    const late = bounded({ deadline: Date.now() - 1 });
    expect([cancelled.signal.aborted, late.signal.aborted]).toEqual([true, true]);
    cancelled.release();
    late.release();
  });
});
