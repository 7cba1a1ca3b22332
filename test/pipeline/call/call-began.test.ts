import { describe, expect, it } from 'vitest';
import { callBegan } from '../../../src/pipeline/call-began.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const day = 86_400_000;

/** A call on a computer whose clock differs from the API's, which an answer tells after a while. */
function setUp(offset: number) {
  const clock = settableClock();
  // The computer was on before.
  clock.pass(60_000);
  let known: number | undefined;
  const start = clock.now();
  const began = callBegan({ clockOffset: () => known }, clock);
  return {
    clock,
    began: () => began().getTime() - start,
    answer: (more = 0) => {
      known = offset + more;
    },
  };
}

describe('the beginning of a call', () => {
  it('is by the local clock until an answer tells another one', () => {
    const { clock, began, answer } = setUp(-day);
    clock.pass(2000);
    expect(began()).toBe(0);
    answer();
    expect(began()).toBe(-day);
  });

  it('stays the same from answer to answer, because their times are rounded', () => {
    const { clock, began, answer } = setUp(day);
    answer();
    for (const more of [0, -900, 700]) {
      clock.pass(1000);
      answer(more);
      expect(began()).toBe(day);
    }
  });

  it('ignores a difference that the answers cannot tell', () => {
    const { began, answer } = setUp(5000);
    answer();
    expect(began()).toBe(0);
  });

  it.each([-3_600_000, 3_600_000])('stays where it was if the clock is set by %i ms', (by) => {
    const { clock, began, answer } = setUp(0);
    answer();
    expect(began()).toBe(0);
    clock.pass(1000);
    clock.set(by);
    // The next answer is compared with the clock as it is then.
    answer(-by);
    expect(began()).toBe(0);
  });
});
