import type { FetchedPage } from '../../client/pages.ts';
import type { HistoryItem } from '../../contract/entities.ts';

/** The beginning of one session's history in the API's order, or all of it. */
export interface RememberedHistory {
  /** Consecutive pages from the first one on. */
  readonly pages: readonly FetchedPage<HistoryItem>[];
  /** `updated_at` of the session, as it was known before the first page was read. Undefined if it was not known. */
  readonly updatedAt: string | undefined;
  /** When the oldest of the pages was requested, by the monotonic clock. */
  readonly readAt: number;
}

/** One reading of a history, which begins with what is remembered. */
export interface HistoryReading {
  /** Undefined if nothing is remembered, or only what is too old. */
  readonly known: RememberedHistory | undefined;
  /** Remembers this in place of what was known. Does nothing if a history was forgotten since the reading began. */
  remember(history: RememberedHistory): void;
}

/** What one principal has read of histories lately. Two principals never share one. */
export interface HistoryMemory {
  read(sessionId: string): HistoryReading;
  /** To be called after a write to the session, whatever its outcome. */
  forget(sessionId: string): void;
}
