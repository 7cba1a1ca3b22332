/** Letters that Unicode does not decompose into a base letter and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Only the marks of Latin, Greek and Cyrillic letters: those of other scripts can be vowels. */
const accents = /[\u0300-\u036f]/g;
const undecomposed = /[łøđðþæœı]/g;

/**
 * Text without differences of case, accents and width, so that `MÜLLER` equals `muller` and `Straße` equals `strasse`.
 * For comparing, never for showing.
 */
export function fold(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(accents, '')
      // Upper case first: it turns `ß` into `SS`.
      .toUpperCase()
      .toLowerCase()
      .replace(accents, '')
      .replace(undecomposed, (letter) => plainLetters[letter] ?? letter)
  );
}

/** The words of a text, folded. */
export function foldedWords(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
