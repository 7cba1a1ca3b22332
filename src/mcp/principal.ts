import type { PrincipalMemory } from '../state/principal/principal-memory.ts';
import type { RecentSessions } from './resources/recent-sessions.ts';

/**
 * Whoever the calls are made for, and what is remembered about them. It is passed to a server, not made by it: a server
 * may live for one request only, and two principals must never share a server's memory.
 */
export interface Principal {
  /** Tells people apart who share the budget of an API key. */
  readonly person?: string;
  readonly memory: PrincipalMemory;
  readonly recentSessions: RecentSessions;
}
