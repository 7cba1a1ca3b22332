import { z } from '../contract/zod.ts';

const age = /^(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?$/i;
const absolute =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
/** By the first letter of a unit. */
const minutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440, w: 10_080 };

/** A point in time as a model may write it: ISO 8601, a date, or an age such as `24h`. */
export const TimeArgument = z.string().refine(
  (text) => resolveTime(text, new Date(0)) !== undefined,
  (text) => ({
    message: `${noSuchDay(text)}must be ISO 8601 (2026-01-31T08:00:00Z), a date (2026-01-31), or an age (30m, 24h, 7d, 2w)`,
  }),
);

/** `there is no day 2026-02-31; ` if the text names a day that does not exist, otherwise an empty string. */
export function noSuchDay(text: string): string {
  const [day] = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/i.exec(text.trim()) ?? [];
  return day === undefined || isDay(day) ? '' : `there is no day ${day}; `;
}

/**
 * The instant that the text means, as ISO 8601 UTC. A time without an offset is UTC; a date means its first moment.
 * @param now ages count back from here.
 * @returns undefined for any other text.
 */
export function resolveTime(text: string, now: Date): string | undefined {
  const trimmed = text.trim();
  const [, amount, unit] = age.exec(trimmed) ?? [];
  if (unit !== undefined) {
    const ms = Number(amount) * (minutes[unit.charAt(0).toLowerCase()] ?? 0) * 60_000;
    return new Date(now.getTime() - ms).toISOString();
  }
  if (!absolute.test(trimmed)) return undefined;
  const iso = trimmed.replace(/^(.{10}) /, '$1T').replace(/\s/g, '');
  const hasOffset = iso.length === 10 || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso);
  const date = new Date(hasOffset ? iso : `${iso}Z`);
  return !Number.isNaN(date.getTime()) && isDay(iso.slice(0, 10)) ? date.toISOString() : undefined;
}

/** V8 parses `2026-02-31` as the 3rd of March, so the day has to come back as it was written. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day;
}
