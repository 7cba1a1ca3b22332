import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { isLoopback } from '../../../client/base-url.ts';
import { type Clock, systemClock } from '../../../time/clock.ts';
import type { Environment } from '../../settings/read-settings.ts';
import { getJson, ProviderError, requestMs } from './provider-request.ts';

/** A key that is not among those that are kept makes them be fetched again, but not more often than this. */
const cooldownMs = 30_000;

/** A provider that failed is asked again after this time. Until then, tokens are refused at once. */
const retryMs = 5000;

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly env: Environment;
  readonly clock?: Clock;
  /** Called when the provider fails, not for each token that is refused because of it. */
  onFailure(error: ProviderError): void;
}

/** The public keys of an identity provider. */
export interface IssuerKeys {
  /** The key of a token. @throws ProviderError if the keys cannot be fetched; errors of jose if there is no such key. */
  readonly keyOf: JWTVerifyGetKey;
  /** Finds out where the keys are, ahead of the first token. Failures are reported to `onFailure` only. */
  discover(): Promise<void>;
}

/**
 * Finds the keys of a provider through its metadata. They are fetched when they are first needed, kept for ten minutes,
 * and fetched again earlier when a token has a key that is not among them.
 */
export function issuerKeys({ issuer, env, clock = systemClock, onFailure }: IssuerKeysOptions): IssuerKeys {
  let failure: { readonly error: ProviderError; readonly until: number } | undefined;
  let keySet: Promise<JWTVerifyGetKey> | undefined;

  /** Asks the provider, unless it failed a moment ago. */
  async function ask<T>(request: () => Promise<T>): Promise<T> {
    if (failure !== undefined && clock.monotonic() < failure.until) throw failure.error;
    try {
      const answer = await request();
      failure = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      failure = { error, until: clock.monotonic() + retryMs };
      onFailure(error);
      throw error;
    }
  }

  const fetchKeys = (uri: URL) =>
    ask(async () => {
      const keySet = await getJson(uri, env);
      const { keys } = (keySet ?? {}) as { keys?: unknown };
      if (!Array.isArray(keys)) throw new ProviderError(`${uri.href} has no keys`);
      return Response.json({ keys: keys.filter((key) => typeof key === 'object' && key !== null) });
    });

  async function createKeySet(): Promise<JWTVerifyGetKey> {
    const uri = await ask(() => findKeys(issuer, env));
    return createRemoteJWKSet(uri, {
      cooldownDuration: cooldownMs,
      // The request has its own limit, which names the provider.
      timeoutDuration: 2 * requestMs,
      [customFetch]: () => fetchKeys(uri),
    });
  }

  function loadKeySet(): Promise<JWTVerifyGetKey> {
    keySet ??= createKeySet().catch((error) => {
      keySet = undefined;
      throw error;
    });
    return keySet;
  }

  return {
    keyOf: async (header, token) => (await loadKeySet())(header, token),
    discover: async () => void (await loadKeySet().catch(() => {})),
  };
}

/** Finds the address of the keys: OpenID Connect Discovery, or else RFC 8414. */
async function findKeys(issuer: string, env: Environment): Promise<URL> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const openId = new URL(`${origin}${path}/.well-known/openid-configuration`);
  const oauth = new URL(`${origin}/.well-known/oauth-authorization-server${path}`);
  const metadata = (await getJson(openId, env)) ?? (await getJson(oauth, env));
  if (metadata === undefined) throw new ProviderError(`neither ${openId.href} nor ${oauth.href} exists`);
  const { issuer: named, jwks_uri: uri } = metadata as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) {
    const shown = typeof named === 'string' ? JSON.stringify(named.slice(0, 200)) : 'none';
    throw new ProviderError(
      `its metadata names the issuer ${shown}; sign_in.issuer must be spelled exactly like it`,
    );
  }
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new ProviderError('its metadata has no jwks_uri');
  // Keys over plain http could be exchanged on the way.
  const isLocal = isLoopback(issuer) && isLoopback(uri) && uri.startsWith('http:');
  if (!uri.startsWith('https:') && !isLocal)
    throw new ProviderError('its jwks_uri does not begin with https://');
  return new URL(uri);
}
