import { newToken } from '../../mcp/http/tokens.ts';
import type { TeamFile } from './team-file.ts';

/** A team of one on demo data, for trying it out. @returns it, and its only token. */
export function tryOutTeam(): { file: TeamFile; token: string } {
  const { token, sha256 } = newToken();
  return {
    token,
    file: {
      workspaces: { sandbox: {} },
      roles: {
        everything: { confirm_sends: 'none', approve_sends: false, allow_verified: true, redact: [] },
      },
      tokens: [{ name: 'try-out', sha256, workspace: 'sandbox', role: 'everything' }],
    },
  };
}
