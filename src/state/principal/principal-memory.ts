import type { HistoryMemory } from './history-memory.ts';
import type { LastReadMarks } from './last-read.ts';
import type { PartialResults } from './partial-results.ts';
import type { SeenSessions } from './seen-sessions.ts';

/** What is remembered between the calls of one principal. Two principals never share any of it. */
export interface PrincipalMemory {
  /** What was read of each conversation. */
  readonly lastRead: LastReadMarks;
  /** Histories that were read within a minute. */
  readonly histories: HistoryMemory;
  /** What was seen of sessions: their ticket numbers and verified names. */
  readonly seenSessions: SeenSessions;
  /** Results that can be continued. */
  readonly partialResults: PartialResults;
}
