import type { SessionsClient } from '../../client/client.ts';
import type { CallOptions } from '../../client/http/call-options.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { isNewestFirst, maxHistoryPages } from './newest-messages.ts';
import { oncePerId } from './until-failure.ts';

/** Pages read in one look: after the remembered page if the history is oldest first, otherwise from its start. */
const maxPages = { oldestFirst: maxHistoryPages, newestFirst: 3 };

/** Further pages are not read in one look, to bound the memory. */
const maxCharacters = 20_000_000;

/**
 * Follows the end of a history, at one request a look where possible. If the history is newest first, its first page is
 * the end. If it is oldest first, the page of the watched entry is remembered and reading starts there.
 * @param indexOf the index of the watched entry among entries in reading order; -1 if it is not there.
 * @returns a function that looks once: the entries after the watched one, or undefined while that one is not seen.
 */
export function followHistory(
  client: SessionsClient,
  sessionId: string,
  indexOf: (items: readonly HistoryItem[]) => number,
): (call: CallOptions) => Promise<HistoryItem[] | undefined> {
  let remembered: string | undefined;

  return async (call) => {
    const items: HistoryItem[] = [];
    let cursor = remembered;
    const isNew = oncePerId();
    const seen = new Set<string>();
    let characters = 0;
    for (let pagesRead = 1; pagesRead <= maxPages.oldestFirst; pagesRead += 1) {
      const page = await client.listHistory(sessionId, cursor === undefined ? {} : { cursor }, call);
      items.push(...page.items.filter(isNew));
      characters += page.characters ?? 0;
      if (indexOf(page.items) >= 0) remembered = cursor;
      const isEnough = indexOf(items) >= 0 || pagesRead === maxPages.newestFirst;
      const { next } = page;
      if (!next || seen.has(next) || characters > maxCharacters) break;
      if (isNewestFirst(items) && isEnough) break;
      seen.add(next);
      cursor = next;
    }
    const reading = isNewestFirst(items) ? items.toReversed() : items;
    const index = indexOf(reading);
    return index < 0 ? undefined : reading.slice(index + 1);
  };
}
