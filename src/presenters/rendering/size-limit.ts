import type { Presented } from './rendering.ts';

/** Limit for each rendering in bytes of UTF-8. Some clients warn about results over 10,000 tokens and refuse 25,000. */
export const maxRenderingBytes = 24_000;

/** Most answers have no more items, and are rendered once. */
const firstAttempt = 25;

/**
 * Renders as many items as fit the limit in both renderings. If not even one fits, its longer texts are shortened.
 * @param count number of items.
 * @param render renders `n` items (the first or the last ones) and cuts each longer text (a message, a summary, a map
 * of custom data) to `maxCharacters`.
 */
export function fitToSize<View>(
  count: number,
  render: (n: number, maxCharacters: number) => Presented<View>,
): Presented<View> {
  const whole = Number.POSITIVE_INFINITY;
  // Rendering everything that was read may cost a hundred times what fits, so the number grows until it is too many.
  let tooMany = Math.min(count, firstAttempt);
  let tried = render(tooMany, whole);
  while (fits(tried) && tooMany < count) {
    tooMany = Math.min(count, tooMany * 2);
    tried = render(tooMany, whole);
  }
  if (fits(tried)) return tried;
  const n = largest(tooMany - 1, (n) => fits(render(n, whole)));
  if (n > 0) return render(n, whole);
  const fewest = Math.min(count, 1);
  return render(
    fewest,
    largest(maxRenderingBytes, (characters) => fits(render(fewest, characters))),
  );
}

/** The largest number from 1 to `high` that passes; 0 if none does. Every number below one that passes has to pass. */
function largest(high: number, passes: (n: number) => boolean): number {
  let best = 0;
  let from = 1;
  let to = high;
  while (from <= to) {
    const middle = Math.floor((from + to) / 2);
    if (passes(middle)) {
      best = middle;
      from = middle + 1;
    } else {
      to = middle - 1;
    }
  }
  return best;
}

function fits({ view, text }: Presented<unknown>): boolean {
  return (
    Buffer.byteLength(text) <= maxRenderingBytes &&
    Buffer.byteLength(JSON.stringify(view)) <= maxRenderingBytes
  );
}

/** The first items whose JSON fits in `maxBytes` together. The first item is always included. */
export function firstWithinSize<Item>(items: Iterable<Item>, maxBytes: number): Item[] {
  const first: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (first.length > 0 && bytes > maxBytes) break;
    first.push(item);
  }
  return first;
}
