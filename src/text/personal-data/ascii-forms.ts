/** Width forms, digits of other scripts, dashes and spaces that read like ASCII. Each has one UTF-16 unit. */
const lookAlikes =
  /[\uff01-\uff5e\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2010-\u2015\u2212\u00a0\u2000-\u200a\u202f\u205f\u3000\ufe6b]/g;

/** The text with these as ASCII. Positions stay the same. */
export function asciiForms(text: string): string {
  return text.replace(lookAlikes, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0xfe6b) return '@';
    if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
    for (const zero of [0x660, 0x6f0, 0x966]) {
      if (code >= zero && code < zero + 10) return String(code - zero);
    }
    return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' ';
  });
}
