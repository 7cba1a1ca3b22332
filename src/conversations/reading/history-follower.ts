import type { SessionsClient } from '../../client/client.ts';
import type { CallOptions } from '../../client/http/deadline.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { isNewestFirst } from './newest-messages.ts';

/** Pages of one look: behind the kept place of a history that comes oldest first, and of one that comes newest first. */
const maxPages = { oldestFirst: 40, newestFirst: 3 };

/**
 * Looks at the end of a history again and again, at one request a look where that can be had: newest first, the first
 * page is the end; oldest first, the page where the watched entry stands is kept, and reading goes on from there.
 * @param place where the watched entry stands among entries in reading order; -1 where it does not.
 * @returns a look: the entries behind the watched one in reading order; undefined while that is not seen.
 */
export function historyTail(
  client: SessionsClient,
  sessionId: string,
  place: (items: readonly HistoryItem[]) => number,
): (call: CallOptions) => Promise<HistoryItem[] | undefined> {
  let kept: string | undefined;

  return async (call) => {
    const items: HistoryItem[] = [];
    let cursor = kept;
    for (let pagesRead = 1; pagesRead <= maxPages.oldestFirst; pagesRead += 1) {
      const page = await client.listHistory(sessionId, cursor === undefined ? {} : { cursor }, call);
      items.push(...page.items);
      if (place(page.items) >= 0) kept = cursor;
      const isEnough = place(items) >= 0 || pagesRead === maxPages.newestFirst;
      if (!page.next || (isNewestFirst(items) && isEnough)) break;
      cursor = page.next;
    }
    const reading = isNewestFirst(items) ? items.toReversed() : items;
    const at = place(reading);
    return at < 0 ? undefined : reading.slice(at + 1);
  };
}
