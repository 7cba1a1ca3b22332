import { truncate } from './clean.ts';

/** The limit of the search tool. A longer query makes too large a pattern. */
const maxQueryCharacters = 500;

/** Each word costs a search through the text. */
const maxWords = 12;

/** Share of the excerpt before the match. */
const shareBefore = 0.3;

/**
 * Cuts `text` to at most `max` characters around the query, or else around its first word that occurs, or else at the
 * start. `…` marks each cut.
 * @param text cleaned text.
 */
export function excerpt(text: string, query: string, max: number): string {
  if (text.length <= max) return text;
  const wanted = Math.max(0, (findQuery(text, query)?.at ?? 0) - Math.floor(max * shareBefore));
  const from = characterStart(text, Math.min(wanted, text.length - max));
  const { text: kept, omitted } = truncate(text.slice(from), max);
  return `${from > 0 ? '…' : ''}${kept}${omitted > 0 ? '…' : ''}`;
}

/** Finds a query in a text. `part` is 0 for the whole query, otherwise the 1-based number of the matching word. */
export function findQuery(text: string, wholeQuery: string): { part: number; at: number } | undefined {
  const query = wholeQuery.slice(0, maxQueryCharacters).toWellFormed();
  const words = query
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, maxWords);
  for (const [part, wanted] of [query.trim(), ...words].entries()) {
    const literal = wanted.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    // Prefer the start of a word, so that `art` does not match `heart`.
    for (const before of ['(?<![\\p{L}\\p{N}])', '']) {
      const at = text.search(new RegExp(before + literal, 'iu'));
      if (wanted !== '' && at >= 0) return { part, at };
    }
  }
  return undefined;
}

/** The next index that splits no surrogate pair and no character from its marks, joiners or selectors. */
function characterStart(text: string, from: number): number {
  if (from === 0) return 0;
  const remainder = /^[\udc00-\udfff]?(?:\u200c|\u200d|\ufe0f|\p{M}|\p{Emoji_Modifier})*/u;
  return from + (remainder.exec(text.slice(from, from + 40))?.[0].length ?? 0);
}
