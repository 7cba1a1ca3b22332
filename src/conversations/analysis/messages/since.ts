import { z } from '../../../contract/zod.ts';
import { noSuchDay, resolveTime } from '../../time-expression.ts';

/** A moment from which messages count, and those after it that were handed out before. */
export interface Since {
  /** Milliseconds since 1970; messages of this moment do not count. */
  readonly at: number;
  /** Checksums of later messages that were handed out already. */
  readonly handedOut: readonly string[];
}

/** A time, followed by checksums of messages handed out after it: `2026-01-31T08:00:00.000Z~1a2b3c4.5d6e7f8`. */
const withHandedOut = /^([^~]{1,40})~([0-9a-z]{1,7}(?:\.[0-9a-z]{1,7}){0,49})$/;

/** More do not fit. It takes that many messages within the last seconds before a question. */
const maxHandedOut = 50;

/** ISO 8601, a date, an age, or `next_since` of an earlier answer. */
export const SinceArgument = z.string().refine(
  (text) => parseSince(text, new Date(0)) !== undefined,
  (text) => ({
    message: `${noSuchDay(text)}must be ISO 8601 (2026-01-31T08:00:00Z), a date (2026-01-31), an age (24h, 7d), or next_since of an earlier answer`,
  }),
);

/** @param now ages count back from here. */
export function parseSince(text: string, now: Date): Since | undefined {
  const [, time, handedOut] = withHandedOut.exec(text.trim()) ?? [];
  const resolved = resolveTime(time ?? text, now);
  if (resolved === undefined) return undefined;
  return { at: Date.parse(resolved), handedOut: handedOut?.split('.') ?? [] };
}

export function formatSince({ at, handedOut }: Since): string {
  const after = handedOut.slice(0, maxHandedOut).join('.');
  return `${new Date(at).toISOString()}${after === '' ? '' : `~${after}`}`;
}
