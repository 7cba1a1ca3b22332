import { memoryApprovals } from '../../../src/state/memory/approvals.ts';
import { describeApprovals } from '../../support/state/approvals-contract.ts';

describeApprovals('approvals in memory', () => {
  const approvals = memoryApprovals();
  return () => approvals;
});
