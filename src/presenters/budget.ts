import type { Presented } from './present.ts';

/**
 * Ceiling of each rendering in bytes of UTF-8: some clients warn at 10,000 tokens of result and refuse at 25,000.
 */
const maxRenderingBytes = 24_000;

/**
 * Renders as many items as fit under the ceiling in both renderings.
 * @param count how many items there are.
 * @param render renders the first (or last; its own choice) `n` of them.
 */
export function fitItems<View>(count: number, render: (n: number) => Presented<View>): Presented<View> {
  const all = render(count);
  if (count === 0 || fits(all)) return all;
  // Binary search for the largest n that fits; one item always stays, bounded by the presenters' own caps.
  let low = 1;
  let high = count - 1;
  let best = render(1);
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const candidate = render(middle);
    if (fits(candidate)) {
      best = candidate;
      low = middle + 1;
    } else {
      high = middle - 1;
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
