import { expect, it } from 'vitest';
import { memoryApprovals } from '../../../src/state/memory/approvals.ts';
import { describeApprovals } from '../../support/state/approvals-contract.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

describeApprovals('approvals in memory', () => {
  const approvals = memoryApprovals();
  return () => approvals;
});

it('an approval is forgotten at the end of its life, when it could not be used anyway', async () => {
  const clock = settableClock();
  const approvals = memoryApprovals(clock);
  expect(await approvals.use('one', 1000)).toBe(true);
  clock.pass(500);
  expect(await approvals.use('two', 1000)).toBe(true);
  clock.pass(499);
  expect(await approvals.use('one', 1000)).toBe(false);
  clock.pass(1);
  expect(await approvals.use('one', 1000)).toBe(true);
  expect(await approvals.use('two', 1000)).toBe(false);
});
