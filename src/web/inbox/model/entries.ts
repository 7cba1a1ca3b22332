import type { InboxEntry } from '../../../presenters/inbox/views.ts';

/** Tells the entries of a history apart. */
export function keyOf(entry: InboxEntry | undefined): string | undefined {
  return entry && (entry.id ?? `${entry.at} ${entry.from} ${entry.event ?? ''} ${entry.text ?? ''}`);
}

/** Two stretches of a history that may overlap. What both have is taken from the second. */
export function joined(older: readonly InboxEntry[], newer: readonly InboxEntry[]): InboxEntry[] {
  const keys = new Set(newer.map(keyOf));
  return [...older.filter((entry) => !keys.has(keyOf(entry))), ...newer];
}
