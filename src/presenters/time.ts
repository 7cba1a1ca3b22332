import { cleanLine } from './untrusted.ts';

/** `2026-11-21T09:05:00Z`: UTC, without fractions of a second. Text that is no date is returned cleaned. */
export function isoTime(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? cleanLine(value, 40) : `${date.toISOString().slice(0, 19)}Z`;
}

/** The same with its milliseconds: a point to go on from, where a second may hold several entries. */
export function exactTime(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? cleanLine(value, 40) : date.toISOString();
}

const steps = [
  { unit: 'd', ms: 86_400_000, from: 172_800_000 },
  { unit: 'h', ms: 3_600_000, from: 5_400_000 },
  { unit: 'min', ms: 60_000, from: 60_000 },
] as const;

/** `3 h ago`, `in 5 min`, `just now`; empty for text that is no date. */
export function age(value: string, now: Date): string {
  const difference = now.getTime() - new Date(value).getTime();
  if (Number.isNaN(difference)) return '';
  const size = Math.abs(difference);
  const step = steps.find(({ from }) => size >= from);
  if (step === undefined) return 'just now';
  const amount = `${Math.floor(size / step.ms)} ${step.unit}`;
  return difference < 0 ? `in ${amount}` : `${amount} ago`;
}

/** `2026-11-21T09:05:00Z (3 h ago)`. */
export function timeWithAge(value: string, now: Date): string {
  const since = age(value, now);
  return since === '' ? isoTime(value) : `${isoTime(value)} (${since})`;
}
