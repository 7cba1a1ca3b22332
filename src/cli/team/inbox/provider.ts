import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  type IDToken,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { isLoopback } from '../../../client/base-url.ts';
import type { NoticeWord } from '../../../inbox/team/notices.ts';
import { resourceUrls } from '../../../mcp/http/protected-resource.ts';
import { allScopes } from '../../../mcp/http/team.ts';
import { cleanLine } from '../../../text/clean.ts';
import type { Environment } from '../../settings/read-settings.ts';
import type { Logger } from '../../setup/logger.ts';
import { claimsThatMatter } from '../sign-in/claims.ts';
import {
  askProvider,
  clockTolerance as clockToleranceSeconds,
  ProviderError,
  requestMs,
} from '../sign-in/provider-request.ts';
import type { Authenticate } from '../sign-in/sign-in.ts';
import type { TeamFile } from '../team-file.ts';
import type { Attempt, Session } from './sealing.ts';

export interface InboxProviderOptions {
  readonly entry: NonNullable<TeamFile['sign_in']>;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly workspaces: readonly string[];
  readonly publicUrl: string;
  /** Checks access tokens, as for clients of the protocol. */
  readonly authenticate: Authenticate;
  readonly env: Environment;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Signs people in with a browser: authorization code with PKCE. */
export interface InboxProvider {
  /** @param isForOther the provider asks who it is, in place of remembering. @throws SignInProblem. */
  begin(
    place: Pick<Attempt, 'workspace' | 'home'>,
    isForOther: boolean,
  ): Promise<{ readonly url: string; readonly attempt: Attempt }>;
  /** @throws SignInProblem. */
  finish(query: URLSearchParams, attempt: Attempt): Promise<Session>;
}

/** Why somebody cannot be signed in. What the log has to know was written to it. */
export class SignInProblem extends Error {
  override readonly name = 'SignInProblem';
  readonly word: NoticeWord;

  constructor(word: NoticeWord) {
    super(word);
    this.word = word;
  }
}

export function inboxProvider(options: InboxProviderOptions): InboxProvider {
  const { entry, workspaces, publicUrl, authenticate, logger } = options;
  const scope = ['openid', 'profile', entry.scope ?? allScopes.join(' ')].join(' ');
  const redirectUri = `${publicUrl}/inbox/signed-in`;
  let configuration: Promise<Configuration> | undefined;

  const configured = () => {
    configuration ??= configure(options).catch((error) => {
      configuration = undefined;
      throw error;
    });
    return configuration;
  };
  /** Like clients of the protocol, it asks for a token for the workspace. Names that are no addresses cannot be asked for. */
  const resourceOf = (workspace: string) => {
    const resource = entry.audience ?? resourceUrls(publicUrl, workspace, workspaces.length).at(-1) ?? '';
    return URL.canParse(resource) ? { resource } : {};
  };
  const problemOf = (error: unknown) => {
    const [word, reason] = explained(error);
    if (reason !== undefined) logger.warn(`Sign-in to the inbox page: ${reason}.`);
    return new SignInProblem(word);
  };

  return {
    async begin(place, isForOther) {
      const attempt = {
        ...place,
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
      };
      try {
        const { href } = buildAuthorizationUrl(await configured(), {
          redirect_uri: redirectUri,
          scope,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
          ...resourceOf(place.workspace),
          ...(isForOther && { prompt: 'login' }),
        });
        return { url: href, attempt };
      } catch (error) {
        throw problemOf(error);
      }
    },

    async finish(query, { workspace, state, nonce, verifier }) {
      // An answer to another attempt, or made up.
      if (query.get('state') !== state) throw new SignInProblem('stale');
      const address = new URL(`${redirectUri}?${query}`);
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      const tokens = await configured()
        .then((config) => authorizationCodeGrant(config, address, checks, resourceOf(workspace)))
        .catch((error) => {
          throw problemOf(error);
        });
      const person = await authenticate(tokens.access_token, workspace);
      if ('reason' in person) {
        if (person.reason === 'invalid') throw problemOf(new Error(person.message));
        throw new SignInProblem(person.reason === 'unavailable' ? 'unavailable' : 'no_role');
      }
      const { issuer, subject, scopes, claims } = person;
      if (!scopes.includes('sessions:read'))
        throw problemOf(new Error('the access token has no scope sessions:read'));
      return {
        workspace,
        issuer,
        subject,
        name: nameOf(tokens.claims()) ?? subject,
        scopes: allScopes.filter((one) => scopes.includes(one)),
        claims: claimsThatMatter(workspace, claims, entry),
      };
    },
  };
}

async function configure({
  entry,
  clientId,
  clientSecret,
  env,
}: InboxProviderOptions): Promise<Configuration> {
  const metadata = { [clockTolerance]: clockToleranceSeconds };
  return discovery(new URL(entry.issuer), clientId, metadata, authenticationWith(clientSecret), {
    execute: isLoopback(entry.issuer) ? [allowInsecureRequests] : [],
    timeout: requestMs / 1000,
    [customFetch]: async (url, { method, headers, body }) => {
      const request = {
        method: method as 'GET' | 'POST',
        headers,
        body: body == null ? null : String(body),
      };
      const { status, text, headers: received } = await askProvider(new URL(url), env, request);
      return new Response(text, {
        status,
        headers: { 'content-type': String(received['content-type'] ?? '') },
      });
    },
  });
}

/** How this server shows the provider who it is. Every provider takes one of the two. */
function authenticationWith(secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  const [post, basic] = [ClientSecretPost(secret), ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? [];
    // In the header, some providers misread special characters of an id or a secret.
    return (methods.includes('client_secret_post') ? post : basic)(server, ...rest);
  };
}

/** The person decided against it, or the provider did. */
const refusals = [
  'access_denied',
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
];

/** The word for people, and what the log has to know. */
function explained(error: unknown): readonly [word: NoticeWord, reason?: string] {
  if (error instanceof AuthorizationResponseError) {
    if (refusals.includes(error.error)) return ['denied'];
    const isBusy = ['server_error', 'temporarily_unavailable'].includes(error.error);
    return [isBusy ? 'unavailable' : 'refused', told(error)];
  }
  // A code that was used already, or is too old.
  if (error instanceof ResponseBodyError)
    return [error.error === 'invalid_grant' ? 'stale' : 'refused', told(error)];
  const { message, cause } = error as Error;
  if (cause instanceof ProviderError)
    return ['unavailable', `the identity provider cannot be used: ${cause.message}`];
  const detail = cause instanceof Error ? ` (${cleanLine(cause.message, 200)})` : '';
  return ['refused', `${cleanLine(message, 300).replace(/\.$/, '')}${detail}`];
}

function told({
  error,
  error_description: description,
}: ResponseBodyError | AuthorizationResponseError): string {
  const words = description === undefined ? '' : `: ${cleanLine(description, 300).replace(/\.$/, '')}`;
  return `the identity provider says ${cleanLine(error, 100)}${words}`;
}

/** What the person is called. It is for people only: many providers let everybody choose it. */
function nameOf(claims: IDToken | undefined): string | undefined {
  const names = [claims?.['name'], claims?.['preferred_username'], claims?.['email']];
  return names.map((name) => (typeof name === 'string' ? cleanLine(name, 100) : '')).find(Boolean);
}
