import type { CallDependencies } from '../../pipeline/call.ts';
import type { Audit } from '../../state/audit.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import { cleanLine } from '../../text/clean.ts';
import { type Grant, principalId } from './team.ts';

/** What the calls of one person work with. */
export function dependenciesOf(grant: Grant): CallDependencies {
  const { workspace, role } = grant;
  const { client, accountScope, sendLog, logger, secrets = [] } = workspace.dependencies;
  return {
    client,
    ...(accountScope && { accountScope }),
    sendLog,
    logger,
    secrets,
    audit: auditOf(grant),
    allowVerified: role.allowVerified,
    confirmSends: role.confirmSends,
    ...(role.usesOutbox && { outbox: outboxOf(grant) }),
    author: { person: principalId(grant), name: cleanLine(grant.subject, 100), workspace: workspace.id },
    ...(role.redact.length > 0 && {
      redaction: { kinds: role.redact, key: workspace.redactionKey },
    }),
    audience: 'member',
  };
}

/** A rule that cannot be kept is not ignored. */
function outboxOf({ workspace, role }: Grant): Outbox {
  if (workspace.outbox === undefined)
    throw new Error(`The role ${role.name} needs an outbox, and there is none.`);
  return workspace.outbox;
}

/** The audit log of a workspace, for the calls of one person. */
function auditOf({ subject, role, workspace }: Grant): Audit | undefined {
  const { audit } = workspace.dependencies;
  if (audit === undefined) return undefined;
  const caller = { person: cleanLine(subject), role: role.name, workspace: workspace.id };
  return { ready: () => audit.ready(), write: (record) => audit.write({ ...record, ...caller }) };
}
