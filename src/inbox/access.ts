import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../time/clock.ts';

/**
 * Who may use the page. Whoever reads the terminal has a code, which works once; the page gets a key for it, and sends that
 * with every request. Being on this machine is not enough: other users of it, and pages of other sites, are there too.
 */
export interface Access {
  /** Another code. It works until it is used. */
  newCode(): string;
  /** @returns a key; undefined if the code was used, or is none. */
  redeem(code: string): string | undefined;
  admits(key: string | undefined): boolean;
}

/** A key outlives restarts, so that an open page goes on after one. */
const keyLifetimeMs = 7 * 86_400_000;

/** Codes that nobody uses are forgotten, the oldest first. */
const maxCodes = 20;

/**
 * @param secret signs the keys. Keys of an earlier start with the same secret still work.
 */
export function openAccess(secret: Uint8Array, clock: Pick<Clock, 'now'>): Access {
  const codes = new Set<string>();
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    newCode() {
      const code = randomBytes(24).toString('base64url');
      codes.add(code);
      const [oldest] = codes;
      if (codes.size > maxCodes && oldest !== undefined) codes.delete(oldest);
      return code;
    },
    redeem(code) {
      if (!codes.delete(code)) return undefined;
      const content = `${clock.now() + keyLifetimeMs}.${randomBytes(12).toString('base64url')}`;
      return `${content}.${sign(content)}`;
    },
    admits(key = '') {
      const [, content = '', until = '', signature = ''] =
        /^((\d{1,16})\.[\w-]{16})\.([\w-]{43})$/.exec(key) ?? [];
      return isEqual(signature, sign(content)) && clock.now() < Number(until);
    },
  };
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
