import type { InboxDesk, InboxDraft, InboxRow, InboxTranscript } from '../../../presenters/inbox/views.ts';
import type { Problem } from './api.ts';
import { type Filters, noFilters } from './rows.ts';

/** What was asked for: on its way, there, or failed. */
export type Loading = 'loading' | 'ready' | Problem;

export interface State {
  /** Why the page cannot be used; undefined if it can. */
  readonly locked?: Problem;
  /** Whether it is known that the page can be used. */
  readonly isReady: boolean;
  readonly isConnected: boolean;
  readonly desk?: InboxDesk;
  readonly filters: Filters;
  readonly query: string;
  readonly list: {
    readonly loading: Loading;
    readonly rows: ReadonlyMap<string, InboxRow>;
    readonly nextCursor?: string | undefined;
    readonly note?: string | undefined;
    readonly isLoadingMore?: boolean;
  };
  /** Newest first. */
  readonly drafts: readonly InboxDraft[];
  readonly selected?: string | undefined;
  readonly open: {
    readonly loading: Loading;
    readonly transcript?: InboxTranscript;
    readonly isLoadingOlder?: boolean;
  };
  /** Said to people who do not see the page. */
  readonly announcement: string;
  readonly now: number;
}

/** What the page knows before it has asked. */
export function initialState(): State {
  return {
    isReady: false,
    isConnected: true,
    filters: noFilters,
    query: '',
    drafts: [],
    list: { loading: 'loading', rows: new Map() },
    open: { loading: 'loading' },
    announcement: '',
    now: Date.now(),
  };
}
