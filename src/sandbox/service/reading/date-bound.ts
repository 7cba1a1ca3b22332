import { invalid } from '../refusal.ts';

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/i;

/**
 * Parses a bound of a date filter into the stored format (ISO 8601, UTC, milliseconds). A date alone means its
 * midnight. Fractions below a millisecond are rounded so that the exclusive bound selects the same sessions.
 * Source: assumption `dateBounds`.
 * @throws Refusal 400 that names the parameter.
 */
export function parseDateBound(field: string, text: string, side: 'after' | 'before'): string {
  const parts = pattern.exec(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = parts ?? [];
  const [sign, offsetHours = '00', offsetMinutes = '00'] = parts?.slice(8) ?? [];
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = Date.parse(`${local}.000Z`);
  // Date.parse reads 31 February as 3 March, and 24:00 as the next day.
  const exists = !Number.isNaN(at) && new Date(at).toISOString().startsWith(local);
  if (!parts || !exists || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) {
    throw invalid(
      field,
      'must be an ISO 8601 time such as 2026-03-01T09:30:00Z, or a date such as 2026-03-01',
    );
  }
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const finer = Number(fraction.slice(3)) > 0 && side === 'before' ? 1 : 0;
  return clamp(at - offset + milliseconds + finer);
}

/** Years outside 0000-9999 get a sign in ISO 8601 and would not sort as text. */
function clamp(at: number): string {
  const first = Date.parse('0000-01-01T00:00:00.000Z');
  const last = Date.parse('9999-12-31T23:59:59.999Z');
  return new Date(Math.min(Math.max(at, first), last)).toISOString();
}
