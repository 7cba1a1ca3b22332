import type { Audit } from '../../state/audit.ts';
import { cleanLine } from '../../text/clean.ts';
import type { Grant } from './team.ts';

/** The audit log of a workspace, for the calls of one person. */
export function auditOf({ subject, role, workspace }: Grant): Audit | undefined {
  const { audit } = workspace.dependencies;
  if (audit === undefined) return undefined;
  const caller = { person: cleanLine(subject), role: role.name, workspace: workspace.id };
  return { ready: () => audit.ready(), write: (record) => audit.write({ ...record, ...caller }) };
}
