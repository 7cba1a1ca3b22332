import type { Principal } from '../../mcp/principal.ts';
import { RecentSessions } from '../../mcp/resources/recent-sessions.ts';
import { newMemory } from '../../state/memory/principal-memory.ts';
import type { PrincipalMemory } from '../../state/principal/principal-memory.ts';

/**
 * A principal of whom nothing is remembered yet.
 * @param person tells people apart, if there are several.
 * @param shared the part of the memory that is shared with other replicas. The rest is kept in this process.
 */
export function newPrincipal(person?: string, shared?: Partial<PrincipalMemory>): Principal {
  return {
    ...(person !== undefined && { person }),
    memory: { ...newMemory(), ...shared },
    recentSessions: new RecentSessions(),
  };
}
