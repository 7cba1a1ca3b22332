import type { Clock } from '../../time/clock.ts';
import type { PrincipalMemory } from '../principal/principal-memory.ts';
import { memoryHistories } from './histories.ts';
import { memoryLastRead } from './last-read.ts';
import { memoryPartialResults } from './partial-results.ts';
import { memoryTicketNumbers } from './ticket-numbers.ts';

/** The memory of a principal of whom nothing is known yet. It is kept in this process. */
export function newMemory(clock?: Clock): PrincipalMemory {
  return {
    lastRead: memoryLastRead(),
    histories: memoryHistories(clock),
    tickets: memoryTicketNumbers(),
    partialResults: memoryPartialResults(clock),
  };
}
