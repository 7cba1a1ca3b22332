import type { Visit } from './admission.ts';

/** What the bearer of a token may do here, for people and for the doctor. */
export function whoami({ grant, offer }: Visit): Response {
  const { issuer, subject, workspace, role, scopes } = grant;
  return Response.json({
    person: subject,
    issuer,
    workspace: workspace.id,
    role: role.name,
    ...(scopes && { scopes }),
    tools: offer.tools.map(({ name }) => name),
    writes: offer.tools.filter(({ effect }) => effect.write).map(({ name }) => name),
    confirm_sends: role.usesOutbox ? 'outbox' : role.confirmSends ? 'ask' : 'none',
    approve_sends: role.approvesSends === true,
    allow_verified: role.allowVerified,
  });
}
