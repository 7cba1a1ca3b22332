import { expect, it } from 'vitest';
import { FairBudget } from '../../src/state/fair-budget.ts';
import { settableClock } from '../support/state/settable-clock.ts';

it('a fair budget tells what was taken within the last minute, oldest first', () => {
  const clock = settableClock();
  clock.pass(5000);
  const budget = new FairBudget(clock);
  budget.add('ann', 'r1');
  clock.pass(20_000);
  expect(budget.take('bob', 100, 'r2')).toBe(0);
  clock.pass(10_000);
  expect(budget.taken()).toEqual([
    { id: 'r1', person: 'ann', ageMs: 30_000 },
    { id: 'r2', person: 'bob', ageMs: 10_000 },
  ]);
  clock.pass(30_000);
  expect(budget.taken()).toEqual([{ id: 'r2', person: 'bob', ageMs: 40_000 }]);
});

/** How many more requests somebody can take at once. */
function takeAll(budget: FairBudget, person: string, perMinute: number): number {
  for (let n = 0; ; n += 1) if (budget.take(person, perMinute) > 0) return n;
}

it('a fair budget counts what a person took until each request is a minute old', () => {
  const clock = settableClock();
  const budget = new FairBudget(clock);
  budget.add('ann', '');
  clock.pass(30_000);
  for (const person of ['ann', 'ann', 'ann', 'ann', 'bob']) budget.add(person, '');
  clock.pass(30_000);
  // Of the five that are left, one is for Bob.
  expect(takeAll(budget, 'ann', 10)).toBe(4);
});

it('a fair budget has no share for who took nothing within the last minute', () => {
  const clock = settableClock();
  const budget = new FairBudget(clock);
  for (let n = 0; n < 20; n += 1) budget.add('ann', '');
  expect(budget.take('eve', 20)).toBe(60_000);
  clock.pass(60_000);
  expect(budget.take('eve', 20)).toBe(0);
  // Nine are for Eve, who was refused one, and one is for whoever comes next.
  expect(takeAll(budget, 'bob', 20)).toBe(10);
});
