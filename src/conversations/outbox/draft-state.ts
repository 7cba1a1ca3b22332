import type { Draft } from '../../state/outbox/outbox.ts';

/** How long a draft waits for a person. */
export const lifetimeMs = 24 * 3_600_000;

/** What a process needs beyond the deadline of its call to record the outcome. */
const graceMs = 10_000;

/**
 * What is true of a draft now:
 *
 * - `waiting` for a person. Also after an approval whose process ended before anything left.
 * - `approved`: being sent now.
 * - `sent`, `rejected`.
 * - `unknown`: it may or may not be in the session. The answer was lost, or the process ended while it sent.
 * - `expired`: nobody decided in time.
 */
export type DraftState = 'waiting' | 'approved' | 'sent' | 'unknown' | 'rejected' | 'expired';

/** @param now in milliseconds since 1970. */
export function stateOf(
  { state, decision, expires }: Pick<Draft, 'state' | 'decision' | 'expires'>,
  now: number,
): DraftState {
  if (state === 'sent' || state === 'rejected' || state === 'unknown') return state;
  const isUnderWay = state !== 'waiting' && now < (decision?.until ?? 0);
  if (isUnderWay) return 'approved';
  if (state === 'sending') return 'unknown';
  return now < expires ? 'waiting' : 'expired';
}

/** Until when an approval counts whose call may take this long, in milliseconds since 1970. */
export function approvedUntil(now: number, remainingMs: number): number {
  return now + remainingMs + graceMs;
}

/** The text that was approved, or the one that waits. */
export function textOf(draft: Draft, now: number): string {
  const isApproved = ['approved', 'sent', 'unknown'].includes(stateOf(draft, now));
  return (isApproved ? draft.decision?.text : undefined) ?? draft.body.message.text;
}
