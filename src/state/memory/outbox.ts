import type { Clock } from '../../time/clock.ts';
import { type NewRevision, storedOutbox } from '../outbox/draft-store.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** Drafts that last as long as the process. @param drafts the latest revision of each, by its number. */
export function memoryOutbox(clock?: Clock, drafts = new Map<number, NewRevision>()): Outbox {
  return storedOutbox(
    {
      place: 'memory',
      prepare: async () => {},
      read: async (number) => drafts.get(number),
      readAll: async () => [...drafts.values()],
      revisions: async () => [...drafts.values()].map(({ number, revision }) => ({ number, revision })),
      highest: async () => Math.max(0, ...drafts.keys()),
      async create(draft) {
        if (draft.revision !== (drafts.get(draft.number)?.revision ?? 0) + 1) return false;
        drafts.set(draft.number, draft);
        return true;
      },
      remove: async (number) => void drafts.delete(number),
    },
    clock,
  );
}
