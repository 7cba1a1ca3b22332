import { resourceUrls } from '../../../mcp/http/protected-resource.ts';
import type { Rejection } from '../../../mcp/http/team.ts';
import type { Environment } from '../../settings/read-settings.ts';
import type { Logger } from '../../setup/logger.ts';
import type { TeamFile } from '../team-file.ts';
import { checkToken } from './check-token.ts';
import { type Claims, roleIn, tokenScopes } from './claims.ts';
import { issuerKeys } from './issuer-keys.ts';

/** Somebody who signed in, and may do something in a workspace. */
export interface SignedIn {
  readonly issuer: string;
  readonly subject: string;
  readonly workspace: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly claims: Claims;
}

export interface SignInOptions {
  readonly entry: NonNullable<TeamFile['sign_in']>;
  /** The ids of all workspaces. */
  readonly workspaces: readonly string[];
  readonly publicUrl: string;
  readonly env: Environment;
  readonly logger: Logger;
}

/** Tells who a token stands for, in a workspace or the only one. */
export type Authenticate = (token: string, address: string | undefined) => Promise<SignedIn | Rejection>;

/**
 * Opens sign-in with an identity provider. Its keys are looked up in the background: while it is away, everything else
 * works.
 */
export function openSignIn(options: SignInOptions): Authenticate {
  const { entry, workspaces, publicUrl, env, logger } = options;
  const { issuer, audience } = entry;
  const keys = issuerKeys({
    issuer,
    env,
    onFailure: (error) => logger.warn(`Sign-in: the identity provider cannot be used: ${error.message}.`),
  });
  void keys.discover();

  return async (token, address) => {
    const [only, another] = workspaces;
    const workspace = address ?? (another === undefined ? only : undefined);
    if (workspace === undefined) {
      return { reason: 'not_found', message: 'This server has several workspaces. Use /mcp/w/WORKSPACE.' };
    }
    const audiences =
      audience === undefined ? resourceUrls(publicUrl, workspace, workspaces.length) : [audience];
    const checked = await checkToken(token, { issuer, audiences }, keys);
    if ('reason' in checked) return checked;
    const { subject, claims } = checked;
    const role = roleIn(workspace, claims, entry);
    // The same answer whether the workspace exists or not.
    if (role === undefined) {
      return {
        reason: 'forbidden',
        message:
          'You are signed in, but have no role in this workspace. Ask the administrators of this server for one.',
      };
    }
    return { issuer, subject, workspace, role, scopes: tokenScopes(claims), claims };
  };
}
