import { hash, randomBytes } from 'node:crypto';

/** Tells our tokens from others, for people and for scanners of leaked secrets. */
const prefix = 'ocxt_';

/** A new bearer token. Only its hash is kept. */
export function newToken(): { token: string; sha256: string } {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, sha256: hashOf(token) };
}

/**
 * Finds entries by bearer token. A plain hash is enough: a token is 256 random bits, which nobody can guess. The time of a
 * search tells nothing either: it depends on the hash, which nobody can choose digit by digit.
 * @param entries with the SHA-256 of their tokens in hex.
 */
export function tokenIndex<Entry extends { readonly sha256: string }>(
  entries: readonly Entry[],
): (token: string) => Entry | undefined {
  const byHash = new Map(entries.map((entry) => [entry.sha256.toLowerCase(), entry]));
  return (token) => byHash.get(hashOf(token));
}

function hashOf(token: string): string {
  return hash('sha256', token);
}
