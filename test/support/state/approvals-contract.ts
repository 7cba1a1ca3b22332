import { beforeEach, describe, expect, it } from 'vitest';
import type { Approvals } from '../../../src/state/approvals.ts';

/** Opens the approvals of one place as another process would. */
export type ApprovalsPlace = () => Approvals;

/** What every implementation of the used approvals promises. */
export function describeApprovals(name: string, createPlace: () => ApprovalsPlace): void {
  describe(name, () => {
    let open: ApprovalsPlace;
    beforeEach(() => {
      open = createPlace();
    });
    const minute = 60_000;

    it('accepts an approval once', async () => {
      expect(await open().use('approval-1', minute)).toBe(true);
      expect(await open().use('approval-1', minute)).toBe(false);
      expect(await open().use('approval-2', minute)).toBe(true);
    });

    it('accepts an approval once although it is shown to many at once', async () => {
      const uses = await Promise.all(Array.from({ length: 10 }, () => open().use('approval-1', minute)));
      expect(uses.filter(Boolean)).toHaveLength(1);
    });

    it('shares nothing with another place', async () => {
      await open().use('approval-1', minute);
      expect(await createPlace()().use('approval-1', minute)).toBe(true);
    });
  });
}
