/**
 * Sanitizes untrusted text: removes invisible characters, normalizes line breaks and limits the length. Quoting is done
 * by presenters/rendering/quoting.ts.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: matches terminal escapes
const terminalEscape = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** All Unicode line breaks: CR LF, CR, VT, FF, NEL, LS, PS. */
const lineBreak = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** An emoji variation selector that does not follow an emoji. It has no effect and can hide text. */
const straySelector = /(?<!\p{Emoji})\ufe0f/gu;

/**
 * A zero-width joiner or non-joiner that is not between letters or emoji. It has no effect and can hide text. Matching
 * the joiner before its neighbors makes this four times as fast for emoji.
 */
const strayJoiner =
  /[\u200c\u200d](?:(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}].)|(?![\p{L}\p{M}\p{Extended_Pictographic}]))/gu;

/**
 * Invisible characters that can hide text or change how it reads: controls except tab and line feed, soft hyphens,
 * zero-width and bidirectional marks, annotation and musical controls, fillers, tag characters, and variation
 * selectors except the emoji one.
 */
const invisible = new RegExp(
  [
    '(?![\\t\\n])\\p{Cc}',
    '\\u00ad|\\u034f|\\u061c|\\u115f|\\u1160|\\u17b4|\\u17b5|\\u3164|\\ufeff|\\uffa0',
    '[\\u180b-\\u180f]|\\u200b|\\u200e|\\u200f|[\\u202a-\\u202e]|[\\u2060-\\u206f]|[\\ufe00-\\ufe0e]|[\\ufff0-\\ufffb]|\\u2800|\\u{1d159}',
    '[\\u{1bca0}-\\u{1bca3}]|[\\u{1d173}-\\u{1d17a}]|[\\u{e0000}-\\u{e0fff}]',
  ].join('|'),
  'gu',
);

/** Most text needs no cleaning. This check is ten times cheaper than the replacements. */
const plain = /^[\t\n -~]*$/;
const plainLine = /^[!-~]+(?: [!-~]+)*$/;

/** Removes invisible characters and normalizes line breaks to `\n`. Lone surrogates become U+FFFD. */
export function clean(text: string): string {
  if (plain.test(text)) return text;
  return text
    .toWellFormed()
    .replace(terminalEscape, '')
    .replace(lineBreak, '\n')
    .replace(invisible, '')
    .replace(straySelector, '')
    .replace(strayJoiner, '');
}

/** Line breaks that JSON does not escape. */
const unescapedBreak = /[\u0085\u2028\u2029]/g;

/** Text in quotation marks on one line, whole, with everything that cannot be seen in it as an escape. */
export function escaped(text: string): string {
  const toEscape = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return [unescapedBreak, invisible, straySelector, strayJoiner].reduce(
    (line, hidden) => line.replace(hidden, toEscape),
    JSON.stringify(text),
  );
}

/** Cleans text, puts it on one line and truncates it. For names, keys and short values. */
export function cleanLine(text: string, maxCharacters = 200): string {
  if (text.length <= maxCharacters && plainLine.test(text)) return text;
  const line = clean(text.slice(0, maxInput)).replace(/\s+/g, ' ').trim();
  return withEllipsis(line, maxCharacters, text.length > maxInput);
}

/** Cleans text, keeps its lines and truncates it. Truncated text ends with `…`. */
export function cleanText(text: string, maxCharacters: number): string {
  return withEllipsis(clean(text.slice(0, maxInput)), maxCharacters, text.length > maxInput);
}

/** Longer addresses of files are cut where they are shown, and found again by the same cut. */
export const maxUrlCharacters = 1000;

/** Longer text is cut before it is cleaned, to bound the cost. */
const maxInput = 8000;

function withEllipsis(text: string, maxCharacters: number, cutBefore: boolean): string {
  const { text: kept, omitted } = truncate(text, maxCharacters);
  return omitted > 0 || cutBefore ? `${kept}…` : kept;
}

/**
 * Truncates text to at most `max` characters. Splits no surrogate pair and leaves no joiner at the end.
 * @returns the kept text and the number of omitted characters.
 */
export function truncate(text: string, max: number): { text: string; omitted: number } {
  if (text.length <= max) return { text, omitted: 0 };
  const kept = text.slice(0, max).replace(/[\u200c\u200d]?[\ud800-\udbff]?$/, '');
  return { text: kept, omitted: text.length - kept.length };
}
