import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { onDeadline } from '../../../src/client/http/deadline.ts';

const minute = () => Date.now() + 60_000;

describe('the end of a call', () => {
  it('comes at the deadline, garbage collection or not', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 5);
    const reason = await new Promise((end) => {
      onDeadline({ signal: new AbortController().signal, deadline: Date.now() + 60 }, end);
    });
    clearInterval(collecting);
    expect((reason as Error).name).toBe('TimeoutError');
  });

  it('comes with the signal of the call, for its reason, and once', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    onDeadline({ signal: controller.signal, deadline: minute() }, (reason) => reasons.push(reason));
    controller.abort('enough');
    controller.signal.dispatchEvent(new Event('abort'));
    expect(reasons).toEqual(['enough']);
  });

  it('has come when the call is over already', () => {
    const names: string[] = [];
    const note = (reason: unknown) => names.push((reason as Error).name);
    onDeadline({ signal: AbortSignal.abort(), deadline: minute() }, note);
    onDeadline({ deadline: Date.now() - 1 }, note);
    expect(names).toEqual(['AbortError', 'TimeoutError']);
  });

  it('does not come once the call has let go', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const release = onDeadline({ signal: controller.signal, deadline: minute() }, (reason) =>
      reasons.push(reason),
    );
    release();
    controller.abort();
    expect(reasons).toEqual([]);
  });
});
