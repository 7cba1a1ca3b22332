import type { InboxRow } from '../../../presenters/inbox/views.ts';

export interface Filters {
  /** As the API has it; empty for any. */
  readonly status: string;
  readonly channel: string;
  /** Chosen here, from the rows that are there. */
  readonly who: '' | 'waiting' | 'human' | 'ai';
}

/** What the page begins with. */
export const noFilters: Filters = { status: 'open', channel: '', who: '' };

/** Whether a list with these filters would have the row. */
export function matchesFilters(row: InboxRow, { status, channel }: Filters): boolean {
  return (status === '' || row.status === status) && (channel === '' || row.channel === channel);
}

export function isShown(row: InboxRow, { who }: Filters): boolean {
  if (who === 'waiting') return row.waiting === true;
  return who === '' || row.handled_by === who;
}

/** Those whose customer waits, the longest wait first; then the others, the newest first. */
export function waitingFirst(a: InboxRow, b: InboxRow): number {
  if (a.waiting !== b.waiting && (a.waiting || b.waiting)) return a.waiting ? -1 : 1;
  const [x, y] = [a, b].map((row) => Date.parse(timeOf(row)) || 0) as [number, number];
  return a.waiting ? x - y : y - x;
}

/** What the age of a row counts from: since when the customer waits, or when somebody wrote last. */
export function timeOf({ waiting_since: since, last, updated_at }: InboxRow): string {
  return since ?? last?.at ?? updated_at;
}

export function byId(rows: readonly InboxRow[]): Map<string, InboxRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * The rows with those that changed.
 * @param ids which were asked for: those without a row are gone.
 * @param belongs whether the list would have a row.
 */
export function merged(
  known: ReadonlyMap<string, InboxRow>,
  changed: readonly InboxRow[],
  ids: readonly string[],
  belongs: (row: InboxRow) => boolean,
): Map<string, InboxRow> {
  const rows = new Map(known);
  for (const id of [...ids, ...changed.map((row) => row.id)]) rows.delete(id);
  for (const row of changed.filter(belongs)) {
    const before = known.get(row.id);
    const last =
      row.last || !before?.last
        ? {}
        : { last: before.last, waiting: before.waiting, waiting_since: before.waiting_since };
    rows.set(row.id, { ...row, ...last });
  }
  return rows;
}
