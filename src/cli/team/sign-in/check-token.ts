import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Rejection } from '../../../mcp/http/team.ts';
import { type Clock, systemClock } from '../../../time/clock.ts';
import type { Claims } from './claims.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { clockTolerance, ProviderError } from './provider-request.ts';

/** With a public key only. With a shared secret (HS256) the public key itself could be made to be one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Other types of signed tokens of a provider, such as those for logout, are no access tokens. */
const accessTokenTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

export interface Expected {
  readonly issuer: string;
  /** One of these has to be in the token. */
  readonly audiences: readonly string[];
}

/** A checked token. */
export interface CheckedToken {
  readonly subject: string;
  readonly claims: Claims;
}

/** Checks an access token (RFC 9068, or an older JWT): signature, issuer, audience, times. */
export async function checkToken(
  token: string,
  { issuer, audiences }: Expected,
  keys: IssuerKeys,
  clock: Clock = systemClock,
): Promise<CheckedToken | Rejection> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.keyOf, {
      algorithms,
      issuer,
      audience: [...audiences],
      clockTolerance,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    });
    const { sub: subject } = payload;
    if (!accessTokenTypes.includes(protectedHeader.typ?.toLowerCase() ?? 'jwt') || isIdToken(payload))
      return invalid('This is not an access token.');
    if (typeof subject !== 'string' || subject === '') return invalid('The token names no subject.');
    if (payload['cnf'] !== undefined)
      return invalid('The token is bound to a key of the client, and this server takes plain bearer tokens.');
    return { subject, claims: payload };
  } catch (error) {
    if (error instanceof ProviderError) return unavailable;
    if (error instanceof errors.JOSEError) return invalid(reasonOf(error, { issuer, audiences }));
    throw error;
  }
}

const unavailable: Rejection = {
  reason: 'unavailable',
  message:
    'The identity provider does not answer, so nobody who signs in can be let in now. Nothing was done. Try again in a minute.',
};

function invalid(message: string): Rejection {
  return { reason: 'invalid', message };
}

/** The audience of an ID token is a client, which may be the audience here. Keycloak marks it, others add a hash. */
function isIdToken({ typ, at_hash: hash }: JWTPayload): boolean {
  return typ === 'ID' || hash !== undefined;
}

function reasonOf(error: errors.JOSEError, { issuer, audiences }: Expected): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired. Sign in again.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss')
      return `The token is from another issuer. This server takes those of ${issuer}.`;
    if (error.claim === 'aud')
      return `The token is for another audience. This server takes tokens for ${audiences.join(' or ')}.`;
    if (error.claim === 'nbf') return 'The token is not valid yet.';
    return `The claim ${error.claim} is missing, or not valid.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return 'The token is signed in a way that this server does not take.';
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
    return `The token is not signed by ${issuer}.`;
  return 'The token is not known, and not one of a signed-in person.';
}
