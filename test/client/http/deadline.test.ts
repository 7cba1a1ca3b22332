import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { onDeadline } from '../../../src/client/http/deadline.ts';

const minute = () => Date.now() + 60_000;

describe('onDeadline', () => {
  it('fires at the deadline despite garbage collection', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 5);
    const reason = await new Promise((end) => {
      onDeadline({ signal: new AbortController().signal, deadline: Date.now() + 60 }, end);
    });
    clearInterval(collecting);
    expect((reason as Error).name).toBe('TimeoutError');
  });

  it('fires once with the reason of the signal', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    onDeadline({ signal: controller.signal, deadline: minute() }, (reason) => reasons.push(reason));
    controller.abort('stopped');
    controller.signal.dispatchEvent(new Event('abort'));
    expect(reasons).toEqual(['stopped']);
  });

  it('fires at once if the signal has aborted or the deadline has passed', () => {
    const names: string[] = [];
    const note = (reason: unknown) => names.push((reason as Error).name);
    onDeadline({ signal: AbortSignal.abort(), deadline: minute() }, note);
    onDeadline({ deadline: Date.now() - 1 }, note);
    expect(names).toEqual(['AbortError', 'TimeoutError']);
  });

  it('does not fire after its release function was called', () => {
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
