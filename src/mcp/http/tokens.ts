import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tells our tokens from others, for people and for scanners of leaked secrets. */
const prefix = 'ocxt_';

/** A new bearer token. Only its hash is kept. */
export function newToken(): { token: string; sha256: string } {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, sha256: hashOf(token).toString('hex') };
}

/**
 * Finds the entry of a bearer token. Takes the same time whichever entry it is, and if there is none.
 * @param entries with the SHA-256 of their tokens in hex.
 */
export function findToken<Entry extends { readonly sha256: string }>(
  token: string,
  entries: readonly Entry[],
): Entry | undefined {
  const hash = hashOf(token);
  let found: Entry | undefined;
  for (const entry of entries) {
    const expected = Buffer.from(entry.sha256, 'hex');
    if (expected.length === hash.length && timingSafeEqual(expected, hash)) found = entry;
  }
  return found;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
