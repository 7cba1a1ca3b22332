import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from '../refusal.ts';

/**
 * Makes an opaque, signed cursor. `purpose` names the list it belongs to, so that the cursor of one history is not
 * valid for another. Source: assumption `cursors`.
 */
export function makeCursor(
  secret: string,
  purpose: string,
  position: readonly [string, string | number],
): string {
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([sign(secret, purpose, payload), payload]).toString('base64url');
}

/** Reads the position in a cursor. @throws Refusal 400 for a cursor that was not made for this purpose. */
export function readCursor<T extends string | number>(
  secret: string,
  purpose: string,
  cursor: string,
): readonly [string, T] {
  const bytes = Buffer.from(cursor, 'base64url');
  const signature = bytes.subarray(0, signatureBytes);
  const payload = bytes.subarray(signatureBytes);
  // Node's decoder skips invalid characters, so several spellings decode to the same bytes. Accept only the original.
  const genuine =
    bytes.length > signatureBytes &&
    bytes.toString('base64url') === cursor &&
    timingSafeEqual(signature, sign(secret, purpose, payload));
  if (!genuine) throw invalid('cursor', 'is not a cursor that this operation returned');
  return JSON.parse(payload.toString('utf8')) as [string, T];
}

/**
 * Cuts rows to a page of `size`. The caller reads one row more than that, to know whether another page follows.
 * @param makeNext makes the cursor that continues after a row.
 */
export function takePage<T>(rows: readonly T[], size: number, makeNext: (last: T) => string) {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { page, next: rows.length > size && last !== undefined ? makeNext(last) : null };
}

const signatureBytes = 16;

function sign(secret: string, purpose: string, payload: Uint8Array): Buffer {
  const hmac = createHmac('sha256', secret).update(`${purpose}\n`).update(payload);
  return hmac.digest().subarray(0, signatureBytes);
}
