import { randomBytes } from 'node:crypto';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { type HttpOptions, httpApp } from '../../../src/mcp/http/app.ts';
import { Principals } from '../../../src/mcp/http/principals.ts';
import type { Grant, Role, Team, Workspace } from '../../../src/mcp/http/team.ts';
import { offerOf } from '../../../src/mcp/offer.ts';
import { sendApproval } from '../../../src/mcp/v2/send-approval.ts';
import type { CallDependencies } from '../../../src/pipeline/call.ts';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { memoryApprovals } from '../../../src/state/memory/approvals.ts';
import { tools } from '../../../src/tools/index.ts';

export const url = 'http://127.0.0.1:8080';

export function roleOf(name: string, more: Partial<Role> & { readOnly?: boolean } = {}): Role {
  const reads = offerOf(tools.filter(({ effect }) => !effect.write));
  const { readOnly = false, ...role } = more;
  return {
    name,
    offer: readOnly ? reads : offerOf(tools),
    readOnlyOffer: reads,
    confirmSends: false,
    allowVerified: false,
    redact: [],
    ...role,
  };
}

export function workspaceOf(
  id: string,
  dependencies: Pick<CallDependencies, 'client' | 'sendLog'> & Partial<Workspace['dependencies']>,
): Workspace {
  const logger = { info: () => {}, error: () => {} };
  return { id, redactionKey: randomBytes(32), dependencies: { logger, ...dependencies } };
}

export interface Member {
  readonly token: string;
  readonly name?: string;
  readonly workspace: Workspace;
  readonly role: Role;
}

/** The HTTP door for a team, without a port. The tokens are not hashed. */
export function teamApp(members: readonly Member[], options: { host?: string; publicUrl?: string } = {}) {
  const workspaces = new Map(members.map(({ workspace }) => [workspace.id, workspace]));
  const team: Team = {
    workspaces,
    async authenticate(bearer) {
      const member = members.find(({ token }) => token === bearer);
      const { name = member?.token ?? '', workspace, role } = member ?? {};
      return workspace && role && ({ issuer: 'token', subject: name, workspace, role } satisfies Grant);
    },
  };
  return appOf(() => team, options);
}

/** The HTTP door, without a port. */
export function appOf(
  team: () => Team,
  options: { host?: string; publicUrl?: string } & Pick<HttpOptions, 'mount'> = {},
) {
  const callsUnderWay = new CallsUnderWay();
  const errors: Error[] = [];
  const app = httpApp({
    version: '0.0.0',
    site: { host: options.host ?? '127.0.0.1', publicUrl: options.publicUrl },
    team,
    principals: new Principals(() => newPrincipal()),
    approval: sendApproval(randomBytes(32), memoryApprovals()),
    callsUnderWay,
    // Longer than a test: a call that should end by itself does not end at its deadline.
    callTimeoutMs: 600_000,
    readiness: async () => ({ isReady: true, problems: [] }),
    ...(options.mount && { mount: options.mount }),
    onError: (error) => errors.push(error),
  });
  const fetch = async (input: string | URL | Request, init: RequestInit = {}) =>
    app.fetch(withHost(new Request(input, init)));
  return { fetch, handle: app.fetch, callsUnderWay, errors };
}

/** As a client sends it. Requests that are made by hand lack it. */
export function withHost(request: Request): Request {
  if (!request.headers.has('host')) request.headers.set('host', new URL(request.url).host);
  return request;
}
