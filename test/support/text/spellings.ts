/** Keys of characters that an HTTP header may carry, and that encodings treat in their own ways. */
export const keys = [
  'ocx_live_Abc123/+=.~',
  'k"q\\u&a<b>;%20-|:"e',
  'nbrt-0123456789abcdef',
  '/+=9/+=//++==/+',
];

const each = (key: string, spell: (letter: string, code: number) => string) =>
  [...key].map((letter) => spell(letter, letter.charCodeAt(0))).join('');
const hex = (code: number, length = 2) => code.toString(16).padStart(length, '0');
const between = (filling: string) => (key: string) => [...key].join(filling);

/** Ways to write a key so that a reader, or whatever decodes the text, still gets it. */
export const spellings: Readonly<Record<string, (key: string) => string>> = {
  plainly: (key) => key,
  'in the other case': (key) => key.toUpperCase(),
  'as JSON': (key) => JSON.stringify(key).slice(1, -1),
  'as JSON in JSON': (key) => JSON.stringify(JSON.stringify(key).slice(1, -1)).slice(1, -1),
  'with an escaped slash': (key) => JSON.stringify(key).slice(1, -1).replaceAll('/', '\\/'),
  'with one letter escaped for JSON': (key) =>
    `\\u00${hex(key.charCodeAt(0))}${JSON.stringify(key.slice(1)).slice(1, -1)}`,
  'with each letter escaped for JSON': (key) => each(key, (_, code) => `\\u${hex(code, 4)}`),
  'with each letter escaped twice for JSON': (key) =>
    each(key, (_, code) => `\\\\u${hex(code, 4).toUpperCase()}`),
  'with each letter escaped for JavaScript': (key) => each(key, (_, code) => `\\x${hex(code)}`),
  'with Markdown escapes': (key) => each(key, (letter) => (/\w/.test(letter) ? letter : `\\${letter}`)),
  'with decimal entities': (key) => each(key, (_, code) => `&#${code};`),
  'with padded hexadecimal entities': (key) => each(key, (_, code) => `&#X00${hex(code)};`),
  'with entities that are escaped again': (key) => each(key, (_, code) => `&amp;#${code};`),
  'as HTML': (key) => each(key, (letter) => named[letter] ?? letter),
  'as part of a URL': (key) => encodeURIComponent(key),
  'with each letter percent-encoded': (key) => each(key, (_, code) => `%${hex(code)}`),
  'percent-encoded twice': (key) => each(key, (_, code) => `%25${hex(code).toUpperCase()}`),
  'as quoted-printable': (key) => each(key, (_, code) => `=${hex(code).toUpperCase()}`),
  'with zero-width spaces': between('\u200b'),
  'with soft hyphens and joiners': between('\u00ad\u200d'),
  'with tag characters': between('\u{e0041}'),
  'with variation selectors and accents': between('\ufe0f\u0301'),
  'with escaped zero-width spaces': between('\\u200b'),
  'with entities for invisible characters': between('&#8203;&zwnj;&#x2060;&shy;'),
  'with percent-encoded zero-width spaces': between('%E2%80%8B'),
  'with tags': between('<b class="x"></b>'),
  'with comments': between('<!-- x -->'),
  'with line breaks': between('\r\n'),
  'with spaces': between(' '),
  'with quoted lines': between('\n| '),
  'with quoted lines of mail': between('\n> > '),
  'with soft line breaks': between('=\r\n'),
  'in base64': (key) => btoa(key),
  'in hex': (key) => Buffer.from(key).toString('hex'),
  'with escaped line breaks': between('\\n'),
};

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '/': '&sol;',
  '+': '&plus;',
  '=': '&equals;',
  _: '&lowbar;',
  '\\': '&bsol;',
};
