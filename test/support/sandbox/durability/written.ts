/** What was asked of one session, and what was acknowledged. */
export interface Written {
  readonly id: string;
  /** The events of acknowledged writes, in order: a message's text, or an event's type. */
  readonly events: string[];
  /** The events of a write that got no answer: they stand there together, or not at all. Nothing is written after it. */
  doubtful?: readonly string[];
}

type Status = 'open' | 'closed_resolved' | 'closed_unresolved';

/** What a change of the status leaves in the history. */
export function marksOf(status: Status, record: Written): string[] {
  const now = statusAfter(record.events);
  if (status === now) return [];
  return status === 'open' ? ['system_reopened_session'] : [`${status}_by_api`, 'summary_generated'];
}

/** What a message leaves in the history. */
export function messageMarks(text: string, record: Written): string[] {
  return [...marksOf('open', record), text];
}

function statusAfter(events: readonly string[]): Status {
  const last = events.findLast((mark) => /^closed_|reopened/.test(mark));
  if (last?.startsWith('closed_')) return last.replace('_by_api', '') as Status;
  return 'open';
}

interface Seen {
  readonly status: string;
  /** The text of the newest message of each writer, kept in the session by the same write. */
  readonly custom_data: Readonly<{ [writer: string]: string }>;
  readonly events: readonly string[];
}

/** What a session and its history, as they are read, have against what was acknowledged. */
export function faultsOf(record: Written, seen: Seen): string[] {
  const whole = [...record.events, ...(record.doubtful ?? [])];
  const fits = [record.events, whole].some((events) => String(events) === String(seen.events));
  const faults = fits ? [] : [`${record.id} has ${seen.events}, but ${record.events} was acknowledged`];
  return [...faults, ...partsOf(record.id, seen)];
}

/**
 * The same for a session that many write into at once, where no order is known: every acknowledged message once, those
 * without an answer at most once.
 */
export function sharedFaultsOf(record: Written, seen: Seen): string[] {
  const counts = new Map<string, number>();
  for (const text of seen.events) counts.set(text, (counts.get(text) ?? 0) + 1);
  const missing = record.events.filter((text) => !counts.has(text)).map((text) => `${text} is lost`);
  const twice = [...counts].filter(([, count]) => count > 1).map(([text]) => `${text} is there twice`);
  const asked = new Set([...record.events, ...(record.doubtful ?? [])]);
  const stray = [...counts.keys()].filter((text) => !asked.has(text)).map((text) => `nobody wrote ${text}`);
  return [...missing, ...twice, ...stray, ...partsOf(record.id, seen)];
}

/** One write changes the history, the status and the custom data: these must tell of the same writes. */
function partsOf(id: string, { status, custom_data, events }: Seen): string[] {
  const newest = new Map<string, string>();
  for (const text of events) {
    const [, writer] = /^(writer\d+) /.exec(text) ?? [];
    if (writer !== undefined) newest.set(writer, text);
  }
  const faults = [];
  if (status !== statusAfter(events)) faults.push(`${id} is ${status} after ${events}`);
  for (const [writer, text] of newest) {
    if (custom_data[writer] !== text) faults.push(`${id} has ${custom_data[writer]} beside ${text}`);
  }
  return faults;
}
