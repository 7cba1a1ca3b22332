import type { HistoryMemory } from './history-memory.ts';
import type { LastReadMarks } from './last-read.ts';
import type { PartialResults } from './partial-results.ts';
import type { TicketNumbers } from './ticket-numbers.ts';

/** What is remembered between the calls of one principal. Two principals never share any of it. */
export interface PrincipalMemory {
  /** What was read of each conversation. */
  readonly lastRead: LastReadMarks;
  /** Histories that were read within a minute. */
  readonly histories: HistoryMemory;
  /** The ticket numbers that were seen. */
  readonly tickets: TicketNumbers;
  /** Results that can be continued. */
  readonly partialResults: PartialResults;
}
