/*
 * What is a word, and what a search asks for: the same for every database.
 */

/** More words than anyone looks for; each one costs a look into the index. */
const maxWords = 64;

/**
 * Letters of a beginning that is looked for in messages: almost every message has a word that begins with a given
 * letter, and to put them together takes as long as there are messages.
 */
export const leastPrefix = 2;

/** A word is letters, digits and marks. The rest, quotes included, separates. */
const wordForm = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/** Scripts without spaces between words: a whole sentence would be taken for one word. */
const unspacedScripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** The text with every character of such a script as a word of its own; the same for index and query. */
export function spaced(text: string): string;
export function spaced(text: string | null): string | null;
export function spaced(text: string | null): string | null {
  return text === null ? null : text.replace(unspacedScripts, ' $& ');
}

/** The words of a text, in order. */
export function wordsOf(text: string): string[] {
  return spaced(text).match(wordForm) ?? [];
}

/**
 * What a search asks for: every phrase must occur, its words side by side, and the last word of the last one may go
 * on, in messages from `leastPrefix` letters on. A word with punctuation inside, such as an address, is a phrase.
 * Empty where there is nothing to look for.
 */
export function phrasesOf(q: string): string[][] {
  const phrases = q
    .split(/\s+/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .slice(0, maxWords);
  const last = phrases.pop();
  // A word that is asked for again costs another look and finds the same.
  const others = new Map(phrases.map((words) => [words.join(' ').toLowerCase(), words]));
  return last ? [...others.values(), last] : [];
}

/** The digits of a search for a phone number: it is also found without its spaces. */
export function phoneDigits(q: string): string | undefined {
  const digits = q.replace(/\D/g, '');
  return digits.length >= 3 && /^[\d\s()+./-]+$/.test(q) ? digits : undefined;
}
