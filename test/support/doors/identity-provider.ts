import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { vi } from 'vitest';

/** A key pair whose private half is known to the test. */
export interface SigningKey {
  readonly jwk: JWK;
  readonly publicJwk: JWK;
  sign(payload: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function signingKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const more = { kid, use: 'sig', alg: 'ES256' };
  return {
    jwk: { ...(await exportJWK(privateKey)), ...more },
    publicJwk: { ...(await exportJWK(publicKey)), ...more },
    sign: (payload, header = {}) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(privateKey),
  };
}

export interface IdentityProvider {
  readonly issuer: string;
  /** Paths of the requests so far. */
  readonly requests: string[];
  /**
   * Signs a person in as their browser does.
   * @param address where the browser was sent.
   * @param person undefined for somebody who cancels.
   * @returns where the provider sends it back.
   */
  visit(address: string, person: string | undefined): Promise<string>;
  /** Gets an access token for a person, as a client does. */
  token(person: string, resource: string, scope?: string): Promise<string>;
  /** Signs with another key from now on, and publishes only that one. */
  rotate(key: SigningKey): Promise<void>;
  close(): Promise<void>;
}

/** A server that people sign in to with a browser. It is a client of the provider. */
export const inboxClient = { id: 'inbox', secret: 'b7Kq19-of-the-inbox' };

/**
 * Starts oidc-provider on loopback.
 * @param people with the claims that their tokens carry. Each is a client with credentials, so that nobody has to type a
 * password; their tokens are made like those of people. In a browser, any password will do.
 * @param visited the origin of a server that people sign in to.
 */
export async function startIdentityProvider(
  key: SigningKey,
  people: Readonly<Record<string, object>>,
  visited = 'http://127.0.0.1:8080',
): Promise<IdentityProvider> {
  const requests: string[] = [];
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const rotate = async ({ jwk }: SigningKey) => {
    // It warns of what matters in production only.
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    // @ts-expect-error The package has no types.
    const { default: OidcProvider } = await import('oidc-provider');
    handle = new OidcProvider(issuer, configuration(jwk, people, visited)).callback();
    warn.mockRestore();
  };
  await rotate(key);
  return {
    issuer,
    requests,
    rotate,
    visit: (address, person) => visit(address, person, issuer),
    async token(person, resource, scope = 'sessions:read sessions:write') {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${person}:secret`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
      });
      const { access_token: token, ...rest } = (await response.json()) as { access_token?: string };
      if (token === undefined) throw new Error(`no token: ${JSON.stringify(rest)}`);
      return token;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Follows the provider's redirects and fills in its form, until it leads away from it. */
async function visit(address: string, person: string | undefined, issuer: string): Promise<string> {
  const cookies = new Map<string, string>();
  let form: URLSearchParams | undefined;
  let url = new URL(address);
  while (url.origin === issuer) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const sent: RequestInit = form ? { method: 'POST', body: form } : {};
    const response = await fetch(url, { ...sent, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    form = undefined;
    const location = response.headers.get('location');
    const page = await response.text();
    if (location !== null) url = new URL(location, url);
    else if (!url.pathname.startsWith('/interaction/')) throw new Error(`${response.status}: ${page}`);
    else if (person === undefined) url = new URL(`${url.pathname}/abort`, url);
    else form = new URLSearchParams({ prompt: 'login', login: person, password: 'any' });
  }
  return url.href;
}

/** In seconds, of everything that it makes. */
const ttl = Object.fromEntries(
  ['ClientCredentials', 'AccessToken', 'IdToken', 'Interaction', 'Session', 'Grant'].map((kind) => [
    kind,
    600,
  ]),
);

const resourceScope = 'sessions:read sessions:write openid';

function configuration(jwk: JWK, people: Readonly<Record<string, object>>, visited: string) {
  return {
    jwks: { keys: [jwk] },
    clients: [
      ...Object.keys(people).map((person) => ({
        client_id: person,
        client_secret: 'secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      })),
      {
        client_id: inboxClient.id,
        client_secret: inboxClient.secret,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [`${visited}/inbox/signed-in`],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: ['test'] },
    ttl,
    claims: { openid: ['sub'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people[id] }),
    }),
    extraTokenClaims: (_: unknown, { accountId, clientId }: { accountId?: string; clientId: string }) =>
      people[accountId ?? clientId],
    loadExistingGrant: grantAll,
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: resourceScope,
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

/** Nobody is asked what the client may do. */
// biome-ignore lint/suspicious/noExplicitAny: the package has no types
async function grantAll({ oidc }: any) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope('openid profile');
  for (const resource of [oidc.params.resource].flat()) grant.addResourceScope(resource, resourceScope);
  await grant.save();
  return grant;
}
