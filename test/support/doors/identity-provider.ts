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
  /** Gets an access token for a person, as a client does. */
  token(person: string, resource: string, scope?: string): Promise<string>;
  /** Signs with another key from now on, and publishes only that one. */
  rotate(key: SigningKey): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts oidc-provider on loopback.
 * @param people with the claims that their tokens carry. Each is a client with credentials, so that nobody has to type a
 * password; their tokens are made like those of people.
 */
export async function startIdentityProvider(
  key: SigningKey,
  people: Readonly<Record<string, object>>,
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
    handle = new OidcProvider(issuer, configuration(jwk, people)).callback();
    warn.mockRestore();
  };
  await rotate(key);
  return {
    issuer,
    requests,
    rotate,
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

function configuration(jwk: JWK, people: Readonly<Record<string, object>>) {
  return {
    jwks: { keys: [jwk] },
    clients: Object.keys(people).map((person) => ({
      client_id: person,
      client_secret: 'secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: 'ES256',
    })),
    cookies: { keys: ['test'] },
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) => people[clientId],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: 'sessions:read sessions:write openid',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}
