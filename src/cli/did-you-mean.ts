import { closestMatch } from '../text/closest-match.ts';

/** A suggestion to append to an error message; empty if nothing similar is known. */
export function didYouMean(name: string, known: readonly string[]): string {
  const close = closestMatch(name, known);
  return close ? ` Did you mean ${close}?` : '';
}
