import { memoryOutbox } from '../../../src/state/memory/outbox.ts';
import type { NewRevision } from '../../../src/state/outbox/draft-store.ts';
import { describeOutbox } from '../../support/state/outbox-contract.ts';

describeOutbox('an outbox in memory', () => {
  const drafts = new Map<number, NewRevision>();
  return {
    open: (clock) => memoryOutbox(clock, drafts),
    damage(number) {
      const draft = drafts.get(number);
      if (draft) drafts.set(number, { ...draft, entry: draft.entry.slice(0, 20) });
    },
  };
});
