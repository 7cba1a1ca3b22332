/**
 * What a file is, by its content: a name and a declared type may be anything.
 */

type Signature = readonly [type: string, start: string, more?: string];

/** PNG 1.2, section 3.1; JPEG's SOI marker; GIF89a, section 17; the WebP container (RIFF), whose size is in between. */
const images: readonly Signature[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'RIFF', 'WEBP'],
];

/** Files that may begin with readable characters and are not text. */
const others: readonly Signature[] = [
  ['application/pdf', '%PDF-'],
  ['application/postscript', '%!PS'],
  ['application/zip', 'PK\x03\x04'],
];

/** Characters that text does not have, beside the marks of UTF-16. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: looks for control characters
const binary = /[\0-\x07\x0e-\x1a\x1c-\x1f]/;

/** The media type of an image that models can see; undefined for anything else, such as SVG, which is text. */
export function imageType(head: Buffer): string | undefined {
  return typeIn(images, head);
}

/** The media type of a known kind of file that is neither such an image nor text. */
export function otherType(head: Buffer): string | undefined {
  return typeIn(others, head);
}

function typeIn(signatures: readonly Signature[], head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, 16);
  return signatures.find(
    ([, start, more = '']) => text.startsWith(start) && text.slice(8).startsWith(more),
  )?.[0];
}

/** Whether the start of a file may be the start of a text. */
export function mayBeText(head: Buffer): boolean {
  if (imageType(head) !== undefined || otherType(head) !== undefined) return false;
  return wideEncoding(head) !== undefined || !binary.test(head.toString('latin1', 0, 4096));
}

/**
 * The text of a file: by its byte order mark, as UTF-8, or else in the declared encoding.
 * @param declaredType such as `text/csv; charset=iso-8859-1`; without an encoding, a declared text is Windows-1252.
 * @returns undefined if the file is not text.
 */
export function decodeText(bytes: Buffer, declaredType = ''): string | undefined {
  if (!mayBeText(bytes)) return undefined;
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(declaredType)?.[1];
  const isDeclaredText = /^\s*text\//i.test(declaredType);
  const encodings = [wideEncoding(bytes), 'utf-8', charset, isDeclaredText ? 'windows-1252' : undefined];
  for (const encoding of encodings) {
    const text = encoding === undefined ? undefined : decode(bytes, encoding);
    if (text !== undefined) return binary.test(text) ? undefined : text;
  }
  return undefined;
}

function wideEncoding(bytes: Buffer): string | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  return mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : undefined;
}

/** By the Encoding Standard, all of these are Windows-1252. Node 20 decodes them as ISO 8859-1, which has controls instead. */
const latin = /^(?:windows-1252|cp1252|iso-?8859-1|latin-?1|us-ascii)$/i;
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decode(bytes: Buffer, encoding: string): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return latin.test(encoding)
      ? text.replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 128] ?? c)
      : text;
  } catch {
    // Not in this encoding, or one that does not exist.
    return undefined;
  }
}

/** Whether a text is a drawing in XML, which is shown as its source. */
export function isSvg(text: string): boolean {
  const start = text.slice(0, 2000);
  return start.trimStart().startsWith('<') && /<svg[\s>]/i.test(start) && !/<(?:html|body)[\s>]/i.test(start);
}
