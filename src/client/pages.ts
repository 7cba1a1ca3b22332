import type { Page } from '../contract/entities.ts';
import { InvalidResponseError } from './errors.ts';

/** A page together with the cursor it was fetched by (absent for the first). */
export interface FetchedPage<Item> extends Page<Item> {
  readonly cursor: string | undefined;
}

/**
 * Walks a cursor-paged list, one request a page, and ends when the API gives no further cursor.
 * @param fetchPage fetches the page of one cursor.
 * @param start cursor to begin at; absent for the first page.
 * @throws InvalidResponseError when the API hands out a cursor for the second time: it would never end.
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
    if (seen.has(next)) throw new InvalidResponseError('The API gave the same page cursor twice.');
    seen.add(next);
    cursor = next;
  }
}
