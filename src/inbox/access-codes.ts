import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../time/clock.ts';

/**
 * Who may use the page. Whoever reads the terminal has a code, which works once and not for long; the page gets a key for it, and sends that
 * with every request. Being on this machine is not enough: other users of it, and pages of other sites, are there too.
 */
export interface Access {
  /** Another code. It works until it is used, or its time is over. */
  newCode(): string;
  /** @returns a key; undefined if the code was used, is too old, or is none. */
  redeem(code: string): string | undefined;
  admits(key: string | undefined): boolean;
}

/** A key outlives restarts, so that an open page goes on after one. */
const keyLifetimeMs = 7 * 86_400_000;

/** Whoever asks for a code uses it at once. It may stay on a screen, or in the list of processes. */
const codeLifetimeMs = 10 * 60_000;

/** Codes that nobody uses are forgotten, the oldest first. */
const maxCodes = 20;

/**
 * @param secret signs the keys. Keys of an earlier start with the same secret still work.
 */
export function openAccess(secret: Uint8Array, clock: Pick<Clock, 'now'>): Access {
  /** When each code ends. */
  const codes = new Map<string, number>();
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    newCode() {
      const code = randomBytes(24).toString('base64url');
      codes.set(code, clock.now() + codeLifetimeMs);
      const [oldest] = codes.keys();
      if (codes.size > maxCodes && oldest !== undefined) codes.delete(oldest);
      return code;
    },
    redeem(code) {
      const ends = codes.get(code);
      codes.delete(code);
      if (ends === undefined || clock.now() >= ends) return undefined;
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
