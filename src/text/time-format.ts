import { cleanLine } from './clean.ts';

/** As the API gives times: to be cut, not computed. */
const alreadyIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/;

/**
 * `2026-11-21T09:05Z`: UTC, to the minute, which is what a reader needs; seconds would be a tenth of the tokens of a
 * list. Rounded down, so that asking for what came after it misses nothing. Text that is no date is returned cleaned.
 */
export function isoTime(value: string): string {
  if (alreadyIso.test(value) && !Number.isNaN(Date.parse(value))) return `${value.slice(0, 16)}Z`;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? cleanLine(value, 40) : `${date.toISOString().slice(0, 16)}Z`;
}

/** `09:05Z` for a time on the day of the one before it, otherwise the whole of it. Both as `isoTime` gives them. */
export function timeBehind(time: string, before: string | undefined): string {
  const [, day, clock] = /^(\d{4}-\d\d-\d\dT)(\d\d:\d\dZ)$/.exec(time) ?? [];
  return day !== undefined && clock !== undefined && before?.startsWith(day) ? clock : time;
}

/** With its milliseconds: a point to go on from, where a minute may hold several entries. */
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

/** `3h`, `12min`: an age in a column of ages. */
export function shortAge(value: string, now: Date): string {
  return age(value, now).replace(/ ago$/, '').replace(/(\d) /, '$1');
}

/** `2026-11-21T09:05Z (3 h ago)`. */
export function timeWithAge(value: string, now: Date): string {
  const since = age(value, now);
  return since === '' ? isoTime(value) : `${isoTime(value)} (${since})`;
}
