/** The writes to one session. */
export interface WriteRecord {
  readonly id: string;
  /** Events of acknowledged writes, in order: the text of a message, or the type of another event. */
  readonly events: string[];
  /** Events of a final write without a response: either all of them are stored, or none. */
  unconfirmed?: readonly string[];
}

type Status = 'open' | 'closed_resolved' | 'closed_unresolved';

/** Events that a status change adds to the history. */
export function statusEvents(status: Status, record: WriteRecord): string[] {
  const now = statusAfter(record.events);
  if (status === now) return [];
  return status === 'open' ? ['system_reopened_session'] : [`${status}_by_api`, 'summary_generated'];
}

/** Events that a message adds to the history. */
export function messageEvents(text: string, record: WriteRecord): string[] {
  return [...statusEvents('open', record), text];
}

function statusAfter(events: readonly string[]): Status {
  const last = events.findLast((event) => /^closed_|reopened/.test(event));
  if (last?.startsWith('closed_')) return last.replace('_by_api', '') as Status;
  return 'open';
}

interface Stored {
  readonly status: string;
  /** The text of the newest message of each writer, stored by the same write. */
  readonly custom_data: Readonly<{ [writer: string]: string }>;
  readonly events: readonly string[];
}

/** Compares a stored session with the acknowledged writes. @returns the differences. */
export function checkSession(record: WriteRecord, stored: Stored): string[] {
  const whole = [...record.events, ...(record.unconfirmed ?? [])];
  const fits = [record.events, whole].some((events) => String(events) === String(stored.events));
  const errors = fits ? [] : [`${record.id} has ${stored.events}, but ${record.events} was acknowledged`];
  return [...errors, ...checkConsistency(record.id, stored)];
}

/**
 * The same for a session with concurrent writers, where the order is unknown: every acknowledged message must be stored
 * once, those without a response at most once.
 */
export function checkSharedSession(record: WriteRecord, stored: Stored): string[] {
  const counts = new Map<string, number>();
  for (const text of stored.events) counts.set(text, (counts.get(text) ?? 0) + 1);
  const missing = record.events.filter((text) => !counts.has(text)).map((text) => `${text} is lost`);
  const twice = [...counts].filter(([, count]) => count > 1).map(([text]) => `${text} exists twice`);
  const sent = new Set([...record.events, ...(record.unconfirmed ?? [])]);
  const stray = [...counts.keys()].filter((text) => !sent.has(text)).map((text) => `${text} was never sent`);
  return [...missing, ...twice, ...stray, ...checkConsistency(record.id, stored)];
}

/** One write changes history, status and custom data together, so all three must show the same writes. */
function checkConsistency(id: string, { status, custom_data, events }: Stored): string[] {
  const newest = new Map<string, string>();
  for (const text of events) {
    const [, writer] = /^(writer\d+) /.exec(text) ?? [];
    if (writer !== undefined) newest.set(writer, text);
  }
  const errors = [];
  if (status !== statusAfter(events)) errors.push(`${id} is ${status} after ${events}`);
  for (const [writer, text] of newest) {
    if (custom_data[writer] !== text) errors.push(`${id} has ${custom_data[writer]} beside ${text}`);
  }
  return errors;
}
