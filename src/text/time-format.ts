import { cleanLine } from './clean.ts';

/** The API's format, which can be cut without parsing. */
const utcIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/;

const withoutOffset = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;

/** Milliseconds of a time of the API; NaN if it is none. A time without an offset is UTC, and not this machine's. */
export function parseTime(value: string): number {
  return Date.parse(withoutOffset.test(value) ? `${value.replace(' ', 'T')}Z` : value);
}

/**
 * `2026-11-21T09:05Z`: UTC, to the minute. Seconds would take 10% of the tokens of a list. Rounded down, so that a
 * filter "after this time" misses nothing. Text that is not a date is returned cleaned.
 */
export function isoTime(value: string): string {
  if (utcIso.test(value) && !Number.isNaN(Date.parse(value))) return `${value.slice(0, 16)}Z`;
  const date = new Date(parseTime(value));
  return Number.isNaN(date.getTime()) ? cleanLine(value, 40) : `${date.toISOString().slice(0, 16)}Z`;
}

/** `09:05Z` if `time` is on the same day as `before`, otherwise `time`. Both are results of `isoTime`. */
export function timeBehind(time: string, before: string | undefined): string {
  const [, day, clock] = /^(\d{4}-\d\d-\d\dT)(\d\d:\d\dZ)$/.exec(time) ?? [];
  return day !== undefined && clock !== undefined && before?.startsWith(day) ? clock : time;
}

/** UTC with milliseconds, for a position to continue from: a minute may have several entries. */
export function exactTime(value: string): string {
  const date = new Date(parseTime(value));
  return Number.isNaN(date.getTime()) ? cleanLine(value, 40) : date.toISOString();
}

const steps = [
  { unit: 'd', ms: 86_400_000, from: 172_800_000 },
  { unit: 'h', ms: 3_600_000, from: 5_400_000 },
  { unit: 'min', ms: 60_000, from: 60_000 },
] as const;

/**
 * `3 h ago`, `in 5 min`, `just now`; empty if `value` is not a date. The past is rounded down; the future to the nearest,
 * so that what was given a day still has `24 h` a moment later.
 */
export function age(value: string, now: Date): string {
  const difference = now.getTime() - parseTime(value);
  if (Number.isNaN(difference)) return '';
  const size = Math.abs(difference);
  const step = steps.find(({ from }) => size >= from);
  if (step === undefined) return 'just now';
  const round = difference < 0 ? Math.round : Math.floor;
  const amount = `${round(size / step.ms)} ${step.unit}`;
  return difference < 0 ? `in ${amount}` : `${amount} ago`;
}

/** `3h`, `12min`: for a column of ages. */
export function shortAge(value: string, now: Date): string {
  return age(value, now).replace(/ ago$/, '').replace(/(\d) /, '$1');
}

/** `2026-11-21T09:05Z (3 h ago)`. */
export function timeWithAge(value: string, now: Date): string {
  const since = age(value, now);
  return since === '' ? isoTime(value) : `${isoTime(value)} (${since})`;
}
