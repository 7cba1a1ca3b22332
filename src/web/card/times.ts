import type { Locale } from './host.ts';

/** `29 Nov, 08:46` as the person reads it. */
export function dayAndTime(at: string, locale: Locale): string {
  return format(at, locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

export function exactTime(at: string, locale: Locale): string {
  return format(at, locale, { dateStyle: 'full', timeStyle: 'medium' });
}

function format(at: string, { locale, timeZone }: Locale, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  try {
    return new Intl.DateTimeFormat(locale, { ...options, ...(timeZone && { timeZone }) }).format(date);
  } catch {
    // The host named a language or a zone that this browser does not know.
    return new Intl.DateTimeFormat(undefined, options).format(date);
  }
}
