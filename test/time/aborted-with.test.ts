import { expect, it } from 'vitest';
import { abortedWith } from '../../src/time/aborted-with.ts';

it('aborts with the signal and for its reason, now or later, and never the other way round', () => {
  const outer = new AbortController();
  const [early, own] = [abortedWith(outer.signal), abortedWith(outer.signal)];
  own.abort('own');
  expect([outer.signal.aborted, early.signal.aborted]).toEqual([false, false]);
  outer.abort('outer');
  const late = abortedWith(outer.signal);
  expect([early, own, late].map(({ signal }) => signal.reason)).toEqual(['outer', 'own', 'outer']);
});
