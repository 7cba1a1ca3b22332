import { expect, it } from 'vitest';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { SharedBound } from '../../../src/state/memory/shared-bound.ts';
import { message } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const clock = settableClock();
const history = (characters: number) => ({
  pages: [{ items: [message('m', 0)], next: null, cursor: undefined, characters }],
  updatedAt: undefined,
  readAt: clock.monotonic(),
});

it('the histories of whoever read longest ago are forgotten when all together are too large', () => {
  const shared = new SharedBound(100);
  const [ann, ben, eve] = [1, 2, 3].map(() => memoryHistories(clock, undefined, shared));
  const knows = (memory: typeof ann) => memory?.read('s').known !== undefined;
  ann?.read('s').remember(history(40));
  ben?.read('s').remember(history(40));
  // Ann reads again, so Ben is the one who read longest ago.
  expect(knows(ann)).toBe(true);
  eve?.read('s').remember(history(40));
  expect([knows(ann), knows(ben), knows(eve)]).toEqual([true, false, true]);
  // What was forgotten in another way no longer counts.
  ann?.forget('s');
  ben?.read('s').remember(history(60));
  expect([knows(ben), knows(eve)]).toEqual([true, true]);
  // The memory that grew is never the one that is emptied.
  eve?.read('s').remember(history(120));
  expect([knows(ben), knows(eve)]).toEqual([false, true]);
});
