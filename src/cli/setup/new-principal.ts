import type { Principal } from '../../mcp/principal.ts';
import { RecentSessions } from '../../mcp/resources/recent-sessions.ts';
import { memoryHistories } from '../../state/memory/histories.ts';
import { memoryLastRead } from '../../state/memory/last-read.ts';
import { memoryPartialResults } from '../../state/memory/partial-results.ts';
import { memoryTicketNumbers } from '../../state/memory/ticket-numbers.ts';

/** A principal of whom nothing is remembered yet. What will be is kept in memory. */
export function newPrincipal(): Principal {
  return {
    lastRead: memoryLastRead(),
    histories: memoryHistories(),
    tickets: memoryTicketNumbers(),
    partialResults: memoryPartialResults(),
    recentSessions: new RecentSessions(),
  };
}
