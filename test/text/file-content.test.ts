import { describe, expect, it } from 'vitest';
import { decodeText, imageType, isSvg, mayBeText, otherType } from '../../src/text/file-content.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('an image', () => {
  it.each([
    ['image/png', '\x89PNG\r\n\x1a\nrest'],
    ['image/jpeg', '\xff\xd8\xff\xe0rest'],
    ['image/gif', 'GIF87a rest'],
    ['image/gif', 'GIF89a rest'],
    ['image/webp', 'RIFF\x10\0\0\0WEBPVP8 '],
  ])('is recognised as %s by its first bytes, and is not text', (type, start) => {
    expect(imageType(bytes(start))).toBe(type);
    expect(mayBeText(bytes(start))).toBe(false);
    expect(decodeText(bytes(start), 'text/plain')).toBeUndefined();
  });

  it.each(['GIF88a', 'RIFF\x10\0\0\0WAVEfmt ', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'BM\0\0', ''])(
    'is none of the other kinds: %j',
    (start) => {
      expect(imageType(bytes(start))).toBeUndefined();
    },
  );
});

describe('a text', () => {
  it.each([
    ['UTF-8', Buffer.from('Grüße, 世界'), 'text/plain', 'Grüße, 世界'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffa,b'), '', 'a,b'],
    ['UTF-16', Buffer.concat([bytes('\xff\xfe'), Buffer.from('Grüße', 'utf16le')]), '', 'Grüße'],
    ['the declared encoding', bytes('Gr\xfc\xdfe'), 'text/csv; charset="iso-8859-1"', 'Grüße'],
    ['Windows-1252, if it is a text without one', bytes('It\x92s \x80 5'), 'text/plain', 'It’s € 5'],
    ['no encoding at all, if it is empty', bytes(''), '', ''],
    ['whatever its type says', Buffer.from('{"a":1}'), 'image/png', '{"a":1}'],
  ])('is read as %s', (_, file, declared, text) => {
    expect(decodeText(file, declared)).toBe(text);
  });

  it.each([
    ['bytes that are no UTF-8, of no declared encoding', bytes('Gr\xfc\xdfe'), 'application/octet-stream'],
    ['an encoding that does not exist', bytes('Gr\xfc\xdfe'), 'application/x; charset=nonsense'],
    ['a PDF of readable characters', bytes('%PDF-1.4 words'), 'text/plain'],
    ['an archive', bytes('PK\x03\x04 words'), 'text/plain'],
    ['a NUL at the start', bytes('words\0words'), 'text/plain'],
    ['a NUL far behind', bytes(`${'words '.repeat(2000)}\0`), 'text/plain'],
  ])('is not made of %s', (_, file, declared) => {
    expect(decodeText(file, declared)).toBeUndefined();
  });

  it('may have the escapes of a terminal, which are removed where it is shown', () => {
    expect(decodeText(bytes('\x1b[31mred\x1b[0m'))).toBe('\x1b[31mred\x1b[0m');
  });
});

it('names the files that it cannot show', () => {
  expect(otherType(bytes('%PDF-1.7'))).toBe('application/pdf');
  expect(otherType(bytes('words'))).toBeUndefined();
});

describe('SVG', () => {
  it.each([
    '<svg xmlns="x"/>',
    '<?xml version="1.0"?>\n<!-- by hand -->\n<svg>',
    '<!DOCTYPE svg PUBLIC "a">\n<SVG >',
  ])('is recognised: %s', (text) => {
    expect(isSvg(text)).toBe(true);
  });

  it.each(['<html><body><svg></svg></body></html>', 'about <svg> tags', '<p>text</p>'])(
    'is not %s',
    (text) => {
      expect(isSvg(text)).toBe(false);
    },
  );
});
