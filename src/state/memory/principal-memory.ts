import type { Clock } from '../../time/clock.ts';
import type { PrincipalMemory } from '../principal/principal-memory.ts';
import { memoryHistories } from './histories.ts';
import { memoryLastRead } from './last-read.ts';
import { memoryPartialResults } from './partial-results.ts';
import { memorySeenSessions } from './seen-sessions.ts';
import type { SharedBound } from './shared-bound.ts';

/**
 * The memory of a principal of whom nothing is known yet. It is kept in this process.
 * @param shared what the histories of all principals may take together.
 */
export function newMemory(clock?: Clock, shared?: SharedBound): PrincipalMemory {
  return {
    lastRead: memoryLastRead(),
    histories: memoryHistories(clock, undefined, shared),
    seenSessions: memorySeenSessions(undefined, clock),
    partialResults: memoryPartialResults(clock),
  };
}
