/**
 * Makes text that other people wrote safe to show: removes what cannot be seen, gives every line break one form, and
 * bounds its length. Quoting it as data is the presenters' part (presenters/rendering/quoting.ts).
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes are what is looked for
const terminalEscape = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Every line break Unicode knows: CR LF, CR, VT, FF, NEL, LS, PS. */
const lineBreak = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** The emoji variation selector behind anything but an emoji, where it only hides. */
const straySelector = /(?<!\p{Emoji})\ufe0f/gu;

/** Zero-width joiner and non-joiner where they shape a word or an emoji; elsewhere they only hide. */
const strayJoiner =
  /(?<!\p{L}|\p{M}|\p{Extended_Pictographic}|\p{Emoji_Modifier})[\u200c\u200d]|[\u200c\u200d](?!\p{L}|\p{M}|\p{Extended_Pictographic})/gu;

/**
 * Characters that show nothing yet change what is read: controls but tab and line feed, soft hyphens, zero-width
 * and bidirectional marks, annotation and musical controls, fillers and blanks, tag characters, and variation
 * selectors but the emoji one.
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

/** Text in which nothing is to be cleaned, as most of it is: looking for the rest costs ten times as much. */
const plain = /^[\t\n -~]*$/;
const plainLine = /^[!-~]+(?: [!-~]+)*$/;

/** Removes what cannot be seen and gives every line break one form. Lone surrogates become U+FFFD. */
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

/** Cleaned, on one line, and bounded: for names, keys and short values. */
export function cleanLine(text: string, maxCharacters = 200): string {
  if (text.length <= maxCharacters && plainLine.test(text)) return text;
  const line = clean(text.slice(0, maxInput)).replace(/\s+/g, ' ').trim();
  return bounded(line, maxCharacters, text.length > maxInput);
}

/** Cleaned, its lines kept, and bounded; `…` at its end says that it was cut. */
export function cleanText(text: string, maxCharacters: number): string {
  return bounded(clean(text.slice(0, maxInput)), maxCharacters, text.length > maxInput);
}

/** Short values longer than this are cut before they are cleaned, which is not free. */
const maxInput = 8000;

function bounded(text: string, maxCharacters: number, cutBefore: boolean): string {
  const { text: kept, omitted } = truncate(text, maxCharacters);
  return omitted > 0 || cutBefore ? `${kept}…` : kept;
}

/**
 * The first `max` characters and the number of characters left out. Neither half a surrogate pair nor a joiner that
 * has lost what it joined is left at the end.
 */
export function truncate(text: string, max: number): { text: string; omitted: number } {
  if (text.length <= max) return { text, omitted: 0 };
  const kept = text.slice(0, max).replace(/[\u200c\u200d]?[\ud800-\udbff]?$/, '');
  return { text: kept, omitted: text.length - kept.length };
}
