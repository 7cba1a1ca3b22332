import { distance } from 'fastest-levenshtein';

/** No known name is nearly as long. */
const maxCharacters = 100;

/** The known name closest to a misspelled one, or undefined if none is close. */
export function closestMatch(name: string, known: readonly string[]): string | undefined {
  if (name.length > maxCharacters) return undefined;
  const scored = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = scored[0];
  return best && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}
