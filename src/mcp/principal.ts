import type { HistoryMemory } from '../state/history-memory.ts';
import type { LastReadMarks } from '../state/last-read.ts';
import type { PartialResults } from '../state/partial-results.ts';
import type { TicketNumbers } from '../state/ticket-numbers.ts';
import type { RecentSessions } from './resources/recent-sessions.ts';

/**
 * Whoever the calls are made for, and what is remembered about them. It is passed to a server, not made by it: a server
 * may live for one request only, and two principals must never share a server's memory.
 */
export interface Principal {
  /** Tells people apart who share the budget of an API key. */
  readonly person?: string;
  readonly lastRead: LastReadMarks;
  readonly histories: HistoryMemory;
  readonly tickets: TicketNumbers;
  readonly partialResults: PartialResults;
  readonly recentSessions: RecentSessions;
}
