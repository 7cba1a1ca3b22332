import type { FetchedPage } from '../../client/pages.ts';
import type { HistoryItem } from '../../contract/entities.ts';

/** One page of a history as it is handed on. */
export interface HistoryPage extends Omit<FetchedPage<HistoryItem>, 'cursor'> {
  /** The API's cursor of this page; absent for the first one, or if it is not known. */
  readonly cursor?: string | undefined;
  /** Set if it was read earlier and cost no request now. */
  readonly remembered?: true;
}
