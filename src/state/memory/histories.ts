import { type Clock, systemClock } from '../../time/clock.ts';
import type { HistoryMemory, RememberedHistory } from '../principal/history-memory.ts';
import type { BoundMember, SharedBound } from './shared-bound.ts';

/** A history is remembered for a minute. */
const maxAgeMs = 60_000;

/** Bounds of the memory of one principal. The history that was remembered first is forgotten first. */
const defaultBounds = { histories: 1000, characters: 8_000_000 };

interface Entry extends RememberedHistory {
  readonly characters: number;
}

/**
 * Histories in this process's memory.
 * @param bounds numbers of histories, and of characters of JSON. A larger history is not remembered.
 * @param shared a bound for this memory and others together.
 */
export function memoryHistories(
  clock: Clock = systemClock,
  bounds = defaultBounds,
  shared?: SharedBound,
): HistoryMemory {
  const entries = new Map<string, Entry>();
  let characters = 0;
  /** Counts calls of `forget`, so that a reading that began before one cannot bring back what it has read. */
  let forgotten = 0;

  function remove(sessionId: string): void {
    characters -= entries.get(sessionId)?.characters ?? 0;
    entries.delete(sessionId);
  }

  const member: BoundMember = {
    characters: () => characters,
    clear() {
      entries.clear();
      characters = 0;
    },
  };

  function removeOld(): void {
    const oldest = clock.monotonic() - maxAgeMs;
    for (const [sessionId, { readAt }] of entries) if (readAt <= oldest) remove(sessionId);
    shared?.changed(member);
  }

  return {
    read(sessionId) {
      removeOld();
      const begun = forgotten;
      return {
        known: entries.get(sessionId),
        remember(history) {
          if (begun !== forgotten || history.pages.length === 0) return;
          remove(sessionId);
          const size = sizeOf(history);
          if (size > bounds.characters) return;
          entries.set(sessionId, { ...history, characters: size });
          characters += size;
          for (const first of entries.keys()) {
            if (entries.size <= bounds.histories && characters <= bounds.characters) break;
            remove(first);
          }
          shared?.changed(member);
        },
      };
    },
    forget(sessionId) {
      forgotten += 1;
      remove(sessionId);
      shared?.changed(member);
    },
  };
}

/** Pages that are read again are the same objects, and are measured once. */
const sizes = new WeakMap<object, number>();

function sizeOf({ pages }: RememberedHistory): number {
  return pages.reduce((sum, page) => {
    const size = sizes.get(page) ?? page.characters ?? JSON.stringify(page.items).length;
    sizes.set(page, size);
    return sum + size;
  }, 0);
}
