/** Shorter secrets are not real ones, and would match in ordinary text. */
const minSecretLength = 8;

const replacement = '[key]';

/**
 * Replaces a secret in a text, however the text spells it: with escapes of JSON, HTML, URLs or quoted-printable, also
 * repeated ones, with markup, invisible characters or line breaks between its letters, in another case, in base64 or hex.
 * The first half of a secret is replaced too: the text may have been cut. JSON stays JSON. It is the last step before text
 * leaves the process: whatever decodes, cleans or joins text comes before it. The time is linear in the length of the text.
 */
export function redact(text: string, secret: string): string {
  if (secret.length < minSecretLength || text.length < secret.length) return text;
  const patterns = patternsOf(secret);
  // Compiling the whole pattern takes 20 ms, and few processes ever see their key in a text.
  if (!patterns.beginning.test(text)) return text;
  patterns.whole ??= wholePattern(secret);
  return text.replace(patterns.whole, replacement);
}

/**
 * Replaces a secret that is spelled plainly: at hardly any cost for 10 MB. For what is cut or decoded before the last
 * step, which could then no longer recognise the rest.
 */
export function redactPlain(text: string, secret: string): string {
  return secret.length < minSecretLength ? text : text.replaceAll(secret, replacement);
}

/** Redacts keys and values at any depth. */
export function redactValue<T>(value: T, secrets: readonly string[]): T {
  const json = JSON.stringify(value);
  const redacted = secrets.reduce(redact, json);
  return redacted === json ? value : JSON.parse(redacted);
}

interface Patterns {
  /** Matches wherever `whole` does, and seldom elsewhere. */
  readonly beginning: RegExp;
  whole?: RegExp;
}

const known = new Map<string, Patterns>();

function patternsOf(secret: string): Patterns {
  let patterns = known.get(secret);
  if (patterns === undefined) {
    patterns = { beginning: beginningPattern(secret) };
    known.set(secret, patterns);
  }
  return patterns;
}

/** Names of HTML for characters that a key may have. */
const htmlNames: Readonly<Record<string, string>> = {
  '!': 'excl',
  '"': 'quot',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '&': 'amp',
  "'": 'apos',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast|midast',
  '+': 'plus',
  ',': 'comma',
  '-': 'hyphen|dash',
  '.': 'period',
  '/': 'sol',
  ':': 'colon',
  ';': 'semi',
  '<': 'lt',
  '=': 'equals',
  '>': 'gt',
  '?': 'quest',
  '@': 'commat',
  '[': 'lsqb|lbrack',
  '\\': 'bsol',
  ']': 'rsqb|rbrack',
  '^': 'Hat',
  _: 'lowbar|UnderBar',
  '`': 'grave|DiacriticalGrave',
  '{': 'lcub|lbrace',
  '|': 'verbar|vert|VerticalLine',
  '}': 'rcub|rbrace',
};

/** An ampersand, itself escaped any number of times. */
const ampersand = '&(?:amp;)*';
const percent = '%(?:25)*';

/**
 * What may stand between two letters and is not seen: white space, invisible characters, tags, and the marks of quoted
 * lines. None of it can also be read as a letter of a key, so that a failed match does not try again in other ways.
 */
const gap = [
  String.raw`[\s\p{C}\p{M}\p{DI}]`,
  String.raw`(?<=[\s|>]|\\n)[|>]`,
  String.raw`\\+(?:[bfnrt]|u(?:00[0189][0-9a-f]|00a[0d]|034f|061c|115f|1160|17b[45]|180[b-f]|20[0-6][0-9a-f]|3164|fe0[0-9a-f]|feff|ffa0|db40|d[cd][0-9a-f]{2}))`,
  '<[^<>]{0,500}>',
  `${ampersand}(?:#0*(?:9|1[03]|32|160|173|847|1564|8[12][0-9]{2}|12644|650[23][0-9]|65279);?|#x0*(?:[9ad]|20|a[0d]|34f|61c|20[0-6][0-9a-f]|3164|fe0[0-9a-f]|feff);?|(?:nbsp|shy|zwn?j|[lr]rm|ZeroWidthSpace|NoBreak|Tab|NewLine|e[mn]sp|thinsp);?)`,
  `${percent}(?:0[9ad]|20|c2${percent}a[0d]|e2${percent}8[01]${percent}[89ab][0-9a-f]|ef${percent}b[b8]${percent}[89ab][0-9a-f])`,
  String.raw`=(?=\s|\\+[rn])|=e2=8[01]=[89ab][0-9a-f]`,
].join('|');

/** A longer gap is text of its own. The bound also keeps the search linear. */
const maxGap = 64;

const between = `(?:${gap}){0,${maxGap}}?`;

/** Letters of a secret, or of its encoded forms, that are searched for first. */
const beginningLetters = 4;

function beginningPattern(secret: string): RegExp {
  const letters = spelledLetters(secret).slice(0, beginningLetters);
  const encoded = encodedForms(secret).map((form) => joinEncoded(form.slice(0, beginningLetters)));
  return patternOf(secret, letters.join(between), encoded, 'iu');
}

function wholePattern(secret: string): RegExp {
  const letters = spelledLetters(secret);
  const half = Math.max(minSecretLength, Math.ceil(letters.length / 2));
  const rest = letters.slice(half).reduceRight((after, letter) => `(?:${between}${letter}${after})?`, '');
  // The whole one first: a letter such as = may also begin an escape, and would end a part too early.
  const plain = `(?:${letters.join(between)}|${letters.slice(0, half).join(between)}${rest})`;
  return patternOf(secret, plain, encodedForms(secret).map(encodedPattern), 'giu');
}

function patternOf(secret: string, plain: string, encoded: readonly string[], flags: string): RegExp {
  // A backslash before the first letter goes with it, so that what is left of an escape is valid.
  const forms = [String.raw`(?<!\\)\\*${plain}`, ...encoded];
  return new RegExp(`(?=[${firstCharacters(secret)}])(?:${forms.join('|')})`, flags);
}

function spelledLetters(secret: string): string[] {
  return [...secret].map((letter, index) => spellings(letter, index === 0));
}

function encodedForms(secret: string): string[] {
  return [...base64Forms(secret), Buffer.from(secret).toString('hex')];
}

/** Only characters that can begin a match are looked at closely: 10 MB of prose take 0.1 s instead of 0.3 s. */
function firstCharacters(secret: string): string {
  const encoded = encodedForms(secret).map(([c = '']) => c);
  const first = new Set(['\\', '&', '%', '=', '+', '/', '_', '-', secret[0] ?? '', ...encoded]);
  return [...first].map((letter) => String.raw`\x${letter.charCodeAt(0).toString(16)}`).join('');
}

/** @param isFirst backslashes before it are matched already. */
function spellings(letter: string, isFirst: boolean): string {
  const code = letter.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, '0');
  const escapes = String.raw`(?:u00${hex}|x${hex}|u\{0*${hex}\})`;
  const names = htmlNames[letter];
  const literal = letter.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
  return `(?:${[
    isFirst ? String.raw`(?<=\\)${escapes}` : String.raw`\\+${escapes}`,
    `${ampersand}(?:#0*${code}|#x0*${hex}${names ? `|${names}` : ''});?`,
    `${percent}${hex}`,
    `=${hex}`,
    isFirst || /[a-z0-9]/i.test(letter) ? literal : String.raw`\\*${literal}`,
  ].join('|')})`;
}

/** The letters of base64 that depend on the secret alone, for each of its three positions in what is encoded. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + secret);
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}

/** Also of base64 for URLs, and broken into lines. The last letter may encode what follows the secret. */
function encodedPattern(text: string): string {
  return `${joinEncoded(text)}(?:[a-z0-9+/_-]?={1,2})?`;
}

function joinEncoded(text: string): string {
  return [...text].map((letter) => (/[+/]/.test(letter) ? '[+/_-]' : letter)).join(String.raw`\s*`);
}
