import type { Clock } from '../../time/clock.ts';
import { type Attempt, identityOf } from './attempt-store.ts';

/** What this process remembers of an attempt, so that neither a set clock nor a removed record makes it forget. */
export interface Memory {
  readonly number: number;
  state: 'open' | 'sent' | 'rejected';
  /** Whether this process is making the request. */
  isRunning: boolean;
  /** When the request was over at the latest, or, for an attempt of another process, when it was first seen. */
  overAt: number;
  readonly isOwn: boolean;
  /** Whether its record was missing when a deliberate duplicate began, which was sent. */
  isReplaced?: boolean;
}

/** What this process remembers of all attempts. */
interface Memories {
  /** By the attempt's identity. */
  ofHash(hash: string): [identity: string, memory: Memory][];
  knownOf(attempt: Attempt): Memory | undefined;
  /** Remembers an attempt of another process if it is not known. */
  memoryOf(attempt: Attempt): Memory;
  remember(attempt: Attempt, isOwn: boolean): Memory;
  delete(attempt: Attempt): void;
  /** Drops what is settled and out of every window: a server may run for weeks. */
  forgetSettled(): void;
}

/** @param longestMs the longest window. */
export function attemptMemories(clock: Clock, longestMs: number): Memories {
  /** By hash, then by the attempt's identity. */
  const memories = new Map<string, Map<string, Memory>>();

  function remember(attempt: Attempt, isOwn: boolean): Memory {
    const { hash, number } = attempt;
    const memory: Memory = { number, state: 'open', isRunning: isOwn, overAt: clock.monotonic(), isOwn };
    memories.set(hash, (memories.get(hash) ?? new Map()).set(identityOf(attempt), memory));
    return memory;
  }
  const knownOf = (attempt: Attempt) => memories.get(attempt.hash)?.get(identityOf(attempt));

  return {
    remember,
    knownOf,
    ofHash: (hash) => [...(memories.get(hash) ?? [])],
    memoryOf: (attempt) => knownOf(attempt) ?? remember(attempt, false),
    delete: (attempt) => void memories.get(attempt.hash)?.delete(identityOf(attempt)),
    forgetSettled() {
      for (const [hash, ofHash] of memories) {
        for (const [identity, { state, overAt }] of ofHash) {
          if (state !== 'open' && clock.monotonic() - overAt >= longestMs) ofHash.delete(identity);
        }
        if (ofHash.size === 0) memories.delete(hash);
      }
    },
  };
}
