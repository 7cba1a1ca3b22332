import type { Principal } from '../../mcp/principal.ts';
import { RecentSessions } from '../../mcp/resources/recent-sessions.ts';
import { newMemory } from '../../state/memory/principal-memory.ts';
import type { SharedBound } from '../../state/memory/shared-bound.ts';
import type { PrincipalMemory } from '../../state/principal/principal-memory.ts';

/** What several principals of one process share. */
interface Sharing {
  /** Tells people apart. */
  readonly person?: string;
  /** What the histories of all principals may take together. */
  readonly histories?: SharedBound;
  /** The part of the memory that is shared with other replicas. The rest is kept in this process. */
  readonly shared?: Partial<PrincipalMemory> | undefined;
}

/** A principal of whom nothing is remembered yet. */
export function newPrincipal({ person, histories, shared }: Sharing = {}): Principal {
  return {
    ...(person !== undefined && { person }),
    memory: { ...newMemory(undefined, histories), ...shared },
    recentSessions: new RecentSessions(),
  };
}
