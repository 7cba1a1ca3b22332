import { allScopes, type Team } from './team.ts';

/** RFC 9728: the metadata of a resource is at this path, followed by the path of the resource. */
export const metadataPath = '/.well-known/oauth-protected-resource';

/**
 * The addresses of a workspace, without those that only some servers have: the first is the one that tokens are made for.
 * @param count of workspaces; a single one is also at `/mcp`.
 */
export function resourceUrls(publicUrl: string, workspace: string, count: number): string[] {
  const own = `${publicUrl}/mcp/w/${encodeURIComponent(workspace)}`;
  return count === 1 ? [own, `${publicUrl}/mcp`] : [own];
}

/** The path of a workspace; undefined if it does not exist, or is not the only one and was not named. */
function resourcePath({ workspaces }: Team, workspace: string | undefined): string | undefined {
  if (workspace === undefined) return workspaces.size === 1 ? '/mcp' : undefined;
  return workspaces.has(workspace) ? `/mcp/w/${workspace}` : undefined;
}

/** Where the metadata of a workspace is; undefined if nobody can sign in there. */
export function metadataUrl(team: Team, workspace: string | undefined): string | undefined {
  const path = resourcePath(team, workspace);
  return team.signIn && path && `${team.signIn.publicUrl}${metadataPath}${path}`;
}

/** The metadata of a workspace (RFC 9728); undefined if nobody can sign in there. */
export function resourceMetadata(team: Team, workspace: string | undefined): object | undefined {
  const path = resourcePath(team, workspace);
  if (team.signIn === undefined || path === undefined) return undefined;
  return {
    resource: `${team.signIn.publicUrl}${path}`,
    authorization_servers: [team.signIn.issuer],
    scopes_supported: allScopes,
    bearer_methods_supported: ['header'],
    resource_name: 'OpenCX sessions',
  };
}
