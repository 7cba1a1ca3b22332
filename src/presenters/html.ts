/** An opening and a closing tag of the kinds that mail bodies are made of. */
const htmlTag =
  /<\/?(?:html|body|div|p|br|span|table|tr|td|ul|ol|li|a|b|strong|em|blockquote|h[1-6])\b[^<>]*>/i;

/** A mail body beyond this is cut before it is converted: nobody reads it whole, and parsing is not free. */
const maxInputCharacters = 200_000;

/** Elements nested deeper than this are left out: the converter recurses, and some thousands overflow the stack. */
const maxDepth = 400;

/** True for text that is markup rather than prose that happens to contain a `<`. */
export function looksLikeHtml(text: string): boolean {
  return htmlTag.test(text) && text.includes('</');
}

/**
 * HTML as plain text: links keep their address, images and styles are dropped. Loads its converter on first use.
 * @returns the text, and how many characters of markup at the end were not read at all.
 */
export async function htmlToText(html: string): Promise<{ text: string; unread: number }> {
  const { convert } = await import('html-to-text');
  const text = convert(html.slice(0, maxInputCharacters), {
    wordwrap: false,
    limits: { maxDepth },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'style', format: 'skip' },
      { selector: 'script', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    ],
  });
  return { text: text.trim(), unread: Math.max(0, html.length - maxInputCharacters) };
}
