import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../refusal.ts';

/**
 * An opaque cursor: a place and a signature over it. `purpose` ties it to what it pages through, so that a cursor
 * of one history is refused by another. Source: assumption `cursors`.
 */
export function makeCursor(
  secret: string,
  purpose: string,
  place: readonly [string, string | number],
): string {
  const payload = Buffer.from(JSON.stringify(place));
  return Buffer.concat([sign(secret, purpose, payload), payload]).toString('base64url');
}

/** The place in a cursor. @throws Refusal 400 for one that this server did not make for this purpose. */
export function readCursor<T extends string | number>(
  secret: string,
  purpose: string,
  cursor: string,
): readonly [string, T] {
  const bytes = Buffer.from(cursor, 'base64url');
  const signature = bytes.subarray(0, signatureBytes);
  const payload = bytes.subarray(signatureBytes);
  // Node skips characters that are not base64url; only the one spelling that was made is accepted.
  const genuine =
    bytes.length > signatureBytes &&
    bytes.toString('base64url') === cursor &&
    timingSafeEqual(signature, sign(secret, purpose, payload));
  if (!genuine) throw invalid('cursor', 'is not one that this call handed out');
  return JSON.parse(payload.toString('utf8')) as [string, T];
}

const signatureBytes = 16;

function sign(secret: string, purpose: string, payload: Uint8Array): Buffer {
  const hmac = createHmac('sha256', secret).update(`${purpose}\n`).update(payload);
  return hmac.digest().subarray(0, signatureBytes);
}
