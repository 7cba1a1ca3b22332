import { truncate } from './clean.ts';

/** As the tool has it; more than this makes too large a pattern. */
const maxQueryCharacters = 500;

/** How much of an excerpt stands before the word that was looked for. */
const shareBefore = 0.3;

/**
 * At most `max` characters of a text, around the query or, where that does not occur, around the first of its words
 * that does; the beginning where none does. `…` stands where something was cut.
 * @param text cleaned text.
 */
export function excerpt(text: string, query: string, max: number): string {
  if (text.length <= max) return text;
  const wanted = Math.max(0, (findQuery(text, query)?.at ?? 0) - Math.floor(max * shareBefore));
  const from = startAt(text, Math.min(wanted, text.length - max));
  const { text: kept, omitted } = truncate(text.slice(from), max);
  return `${from > 0 ? '…' : ''}${kept}${omitted > 0 ? '…' : ''}`;
}

/** Which part of a query occurs in a text, and where: 0 for the whole of it, else the number of the word. */
export function findQuery(text: string, wholeQuery: string): { part: number; at: number } | undefined {
  const query = wholeQuery.slice(0, maxQueryCharacters).toWellFormed();
  const words = query.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
  for (const [part, wanted] of [query.trim(), ...words].entries()) {
    const literal = wanted.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    // At the beginning of a word if it stands at any, so that `art` is not found in `heart`.
    for (const before of ['(?<![\\p{L}\\p{N}])', '']) {
      const at = text.search(new RegExp(before + literal, 'iu'));
      if (wanted !== '' && at >= 0) return { part, at };
    }
  }
  return undefined;
}

/** The next place from which nothing is torn: no half of a pair, no joiner, mark or selector without its base. */
function startAt(text: string, from: number): number {
  if (from === 0) return 0;
  const torn = /^[\udc00-\udfff]?(?:\u200c|\u200d|\ufe0f|\p{M}|\p{Emoji_Modifier})*/u;
  return from + (torn.exec(text.slice(from, from + 40))?.[0].length ?? 0);
}
