// Splits texts and queries into words, for all databases alike.

/** Each word costs an index lookup. */
const maxWords = 64;

/**
 * Minimum length of a prefix in messages. Almost every message has a word that begins with a given letter, so a search
 * for one letter would read the whole index.
 */
export const minPrefixLength = 2;

/** A word consists of letters, digits and marks. Everything else, quotes included, separates words. */
const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/** Scripts without spaces between words, where a whole sentence would count as one word. */
const unspacedScripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Puts spaces around every character of these scripts, in the index and in queries. */
export function spaceScripts(text: string): string;
export function spaceScripts(text: string | null): string | null;
export function spaceScripts(text: string | null): string | null {
  return text === null ? null : text.replace(unspacedScripts, ' $& ');
}

/** The words of a text, in order. */
export function wordsOf(text: string): string[] {
  return spaceScripts(text).match(wordPattern) ?? [];
}

/**
 * Splits a query into phrases. Every phrase must occur, with its words in sequence. The last word of the last phrase is
 * a prefix; in messages only from `minPrefixLength` letters on. A term with punctuation inside, such as an email
 * address, is a phrase of several words.
 */
function phrasesOf(q: string): string[][] {
  const phrases = q
    .split(/\s+/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .slice(0, maxWords);
  const last = phrases.pop();
  // Repeated phrases cost a lookup and change nothing.
  const others = new Map(phrases.map((words) => [words.join(' ').toLowerCase(), words]));
  return last ? [...others.values(), last] : [];
}

/** A parsed query: its phrases, and whether the last word matches as a prefix. Undefined if there are no words. */
export function parseQuery(q: string, minPrefix: number) {
  const phrases = phrasesOf(q);
  const last = phrases.at(-1)?.at(-1);
  return last === undefined ? undefined : { phrases, isPrefix: last.length >= minPrefix };
}

/** The digits of a query that looks like a phone number. */
export function phoneDigits(q: string): string | undefined {
  const digits = q.replace(/\D/g, '');
  return digits.length >= 3 && /^[\d\s()+./-]+$/.test(q) ? digits : undefined;
}
