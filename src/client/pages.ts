import type { Page } from '../contract/entities.ts';
import { RepeatedCursorError } from './errors.ts';

/** A page and the cursor that fetched it; undefined for the first page. */
export interface FetchedPage<Item> extends Page<Item> {
  readonly cursor: string | undefined;
}

/**
 * Iterates over the pages of a list until the API returns no cursor. Fetches each page when it is requested.
 * @param start cursor to begin at; the first page by default.
 * @throws RepeatedCursorError when the API returns a cursor again: the iteration would not end.
 */
export async function* pages<Item>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
  start?: string,
): AsyncGenerator<FetchedPage<Item>, void, undefined> {
  const seen = new Set(start === undefined ? [] : [start]);
  let cursor = start;
  while (true) {
    const page = await fetchPage(cursor);
    yield { ...page, cursor };
    const next = page.next;
    if (!next) return;
    if (seen.has(next)) throw new RepeatedCursorError('The API sent the same page cursor twice.');
    seen.add(next);
    cursor = next;
  }
}
