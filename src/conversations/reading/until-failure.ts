import { OpenCxError, RepeatedCursorError } from '../../client/errors.ts';

/**
 * Why not everything was read: the API repeated a cursor, did not deliver a page, or sent more than a client can take.
 */
export type Interruption = 'repeated_cursor' | 'failed' | 'too_much';

interface BoundedPage {
  readonly endsEarly?: true;
  readonly left_out?: number;
}

/**
 * Iterates over pages until one after the first fails: what was read before is worth an answer.
 * @throws the API's error for the first page, and a cancellation at any time.
 */
export async function* untilFailure<Page extends BoundedPage>(
  pages: AsyncIterable<Page>,
  onInterruption: (why: Interruption) => void,
): AsyncGenerator<Page, void, undefined> {
  let hasRead = false;
  try {
    for await (const page of pages) {
      hasRead = true;
      if (page.endsEarly || page.left_out) onInterruption('too_much');
      yield page;
    }
  } catch (error) {
    if (!hasRead || !(error instanceof OpenCxError) || error.kind === 'cancelled') throw error;
    onInterruption(error instanceof RepeatedCursorError ? 'repeated_cursor' : 'failed');
  }
}

/** Makes a filter that passes one entry for each id, and every entry without one: pages may overlap. */
export function oncePerId(): (entry: { readonly id?: string | null | undefined }) => boolean {
  const seen = new Set<string>();
  return ({ id }) => !id || (!seen.has(id) && Boolean(seen.add(id)));
}
