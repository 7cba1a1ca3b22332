import type { InboxRow } from '../../presenters/inbox/views.ts';

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
