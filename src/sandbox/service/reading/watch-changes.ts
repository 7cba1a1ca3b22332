import { setTimeout as pause } from 'node:timers/promises';
import { type ChangedRow, readLatestChanges } from '../../store/queries/sessions.ts';
import type { Store } from '../../store/store.ts';

/** Ids of sessions that changed, by whatever process; or that anything may have changed. */
export type SandboxChange = readonly string[] | 'everything';

const everyMs = 200;

/** Two transactions may commit in another order than their times say. */
const overlapMs = 5000;

/** More changes at once are reported as `everything`. */
const maxChanges = 200;

/**
 * Watches the database until the signal aborts. The first change, `everything`, tells that it watches. It asks the database
 * five times a second, which reads a few rows by an index: a change by another process makes itself known in no other way.
 */
export async function* watchChanges(
  store: Store,
  signal: AbortSignal,
): AsyncGenerator<SandboxChange, void, undefined> {
  let known = latestOf(await readLatestChanges(store.read, '', maxChanges));
  yield 'everything';
  while (await hasPaused(signal)) {
    const rows = await readLatestChanges(store.read, known.since, maxChanges);
    const found = new Map(rows.map((row) => [row.id, stampOf(row)]));
    // Changes only move sessions on in time. If one is not where it was, the data was replaced.
    const isReplaced = [...known.stamps.keys()].some((id) => !found.has(id));
    const changed = [...found].filter(([id, stamp]) => known.stamps.get(id) !== stamp).map(([id]) => id);
    known = latestOf(isReplaced ? await readLatestChanges(store.read, '', maxChanges) : rows, known.since);
    if (isReplaced || rows.length === maxChanges) yield 'everything';
    else if (changed.length > 0) yield changed;
  }
}

interface Latest {
  /** For each session that changed after `since`, what tells one change from the next. */
  readonly stamps: ReadonlyMap<string, string>;
  readonly since: string;
}

/** @param rows newest first. */
function latestOf(rows: readonly ChangedRow[], before = ''): Latest {
  const [newest] = rows;
  if (newest === undefined) return { stamps: new Map(), since: before };
  const since = new Date(Date.parse(newest.updated_at) - overlapMs).toISOString();
  const recent = rows.filter(({ updated_at }) => updated_at >= since);
  return { stamps: new Map(recent.map((row) => [row.id, stampOf(row)])), since };
}

/** A millisecond may see several changes of a session. Each adds an event. */
function stampOf({ updated_at, last_event }: ChangedRow): string {
  return `${updated_at} ${last_event}`;
}

/** False when the signal aborts. */
async function hasPaused(signal: AbortSignal): Promise<boolean> {
  try {
    await pause(everyMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
