import type { Page } from '../contract/entities.ts';
import { RepeatedCursorError } from './errors.ts';

/** A page and the cursor that fetched it; undefined for the first page. */
export interface FetchedPage<Item> extends Page<Item> {
  readonly cursor: string | undefined;
  /** Whether the list goes on although no further page can be read. `next` is then null. */
  readonly endsEarly?: true;
  /** The cursor of the page after that; absent if it cannot be sent. */
  readonly unread?: string;
}

/** A longer cursor is not sent: it would not fit the address of a request. */
const maxCursorCharacters = 4096;

/** Further pages are not read, to bound the memory: the caller may keep everything. */
const maxCharacters = 20_000_000;

/**
 * Iterates over the pages of a list until the API returns no cursor. Fetches each page when it is requested.
 * @param start cursor to begin at; the first page by default.
 * Ends early after a cursor that cannot be sent, and after 20 million characters.
 * @throws RepeatedCursorError when the API returns a cursor again: the iteration would not end.
 */
export async function* pages<Item>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
  start?: string,
): AsyncGenerator<FetchedPage<Item>, void, undefined> {
  const seen = new Set([start]);
  let cursor = start;
  let characters = 0;
  while (true) {
    const page = await fetchPage(cursor);
    characters += page.characters ?? 0;
    const { next } = page;
    if (next && (next.length > maxCursorCharacters || characters > maxCharacters)) {
      const unread = next.length > maxCursorCharacters ? {} : { unread: next };
      yield { ...page, next: null, cursor, endsEarly: true, ...unread };
      return;
    }
    yield { ...page, cursor };
    if (!next) return;
    if (seen.has(next)) throw new RepeatedCursorError('The API sent the same page cursor twice.');
    seen.add(next);
    cursor = next;
  }
}
