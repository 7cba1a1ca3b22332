import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/time/clock.ts';
import { Deadline, onDeadline } from '../../src/time/deadline.ts';

const inAMinute = () => Deadline.after(60_000);

/** A clock that shows what a test sets. */
function manualClock() {
  const time = { monotonic: 0, now: 0 };
  return { ...systemClock, now: () => time.now, monotonic: () => time.monotonic, time };
}

describe('Deadline', () => {
  it('counts down to 0 and stays there', () => {
    const clock = manualClock();
    const deadline = Deadline.after(1000, clock);
    clock.time.monotonic = 400;
    expect(deadline.remainingMs).toBe(600);
    expect([deadline.allows(599), deadline.allows(600)]).toEqual([true, false]);
    expect(deadline.hasPassed).toBe(false);
    clock.time.monotonic = 5000;
    expect([deadline.remainingMs, deadline.hasPassed, deadline.allows(0)]).toEqual([0, true, false]);
  });

  it('does not move when the wall clock is set', () => {
    const clock = manualClock();
    const deadline = Deadline.after(1000, clock);
    for (const now of [-86_400_000, 86_400_000]) {
      clock.time.now = now;
      expect(deadline.remainingMs).toBe(1000);
    }
  });

  it('shares the time that is left at that moment', () => {
    const clock = manualClock();
    const deadline = Deadline.after(1000, clock);
    clock.time.monotonic = 600;
    const half = deadline.share(0.5);
    expect(half.remainingMs).toBe(200);
    clock.time.monotonic = 700;
    expect([half.remainingMs, deadline.remainingMs]).toEqual([100, 300]);
  });

  it('can be moved earlier and compared with another', () => {
    const clock = manualClock();
    const deadline = Deadline.after(1000, clock);
    const earlier = deadline.earlierBy(300);
    expect(earlier.remainingMs).toBe(700);
    expect(deadline.orEarlier(earlier)).toBe(earlier);
    expect(earlier.orEarlier(deadline)).toBe(earlier);
    expect(deadline.orEarlier(undefined)).toBe(deadline);
  });
});

describe('onDeadline', () => {
  it('fires at the deadline even while garbage is collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 5);
    const reason = await new Promise((end) => {
      onDeadline({ signal: new AbortController().signal, deadline: Deadline.after(60) }, end);
    });
    clearInterval(collecting);
    expect((reason as Error).name).toBe('TimeoutError');
  });

  it('fires once when the signal aborts, with its reason', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    onDeadline({ signal: controller.signal, deadline: inAMinute() }, (reason) => reasons.push(reason));
    controller.abort('enough');
    controller.signal.dispatchEvent(new Event('abort'));
    expect(reasons).toEqual(['enough']);
  });

  it('fires at once when the signal has aborted or the deadline has passed', () => {
    const names: string[] = [];
    const note = (reason: unknown) => names.push((reason as Error).name);
    onDeadline({ signal: AbortSignal.abort(), deadline: inAMinute() }, note);
    onDeadline({ deadline: Deadline.after(-1) }, note);
    expect(names).toEqual(['AbortError', 'TimeoutError']);
  });

  it('does not fire after release', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const release = onDeadline({ signal: controller.signal, deadline: inAMinute() }, (reason) =>
      reasons.push(reason),
    );
    release();
    controller.abort();
    expect(reasons).toEqual([]);
  });
});
