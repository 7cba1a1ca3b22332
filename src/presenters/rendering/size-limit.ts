import type { Presented } from './rendering.ts';

/**
 * Ceiling of each rendering in bytes of UTF-8: some clients warn at 10,000 tokens of result and refuse at 25,000.
 */
export const maxRenderingBytes = 24_000;

/**
 * Renders as many items as fit under the ceiling in both renderings; where even one does not, its longer texts are
 * shortened until it does.
 * @param count how many items there are.
 * @param render renders the first (or last; its own choice) `n` of them, with no longer text (a message, a summary,
 * a map of custom data) above `maxCharacters`.
 */
export function fitToSize<View>(
  count: number,
  render: (n: number, maxCharacters: number) => Presented<View>,
): Presented<View> {
  const whole = Number.POSITIVE_INFINITY;
  const all = render(count, whole);
  if (fits(all)) return all;
  const n = largest(count - 1, (n) => fits(render(n, whole)));
  if (n > 0) return render(n, whole);
  const fewest = Math.min(count, 1);
  return render(
    fewest,
    largest(maxRenderingBytes, (characters) => fits(render(fewest, characters))),
  );
}

/** The largest number from 1 to `high` that passes, 0 if none does; what passes, passes for every smaller number. */
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

/** The first items whose JSON takes no more than the given bytes together, and in any case the first of them. */
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
