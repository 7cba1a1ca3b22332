/** An opening and a closing tag of the kinds that mail bodies are made of. */
const htmlTag =
  /<\/?(?:html|body|div|p|br|span|table|tr|td|ul|ol|li|a|b|strong|em|blockquote|h[1-6])\b[^>]*>/i;

/** A mail body beyond this is cut before it is converted: nobody reads it whole, and parsing is not free. */
const maxInputCharacters = 200_000;

/** True for text that is markup rather than prose that happens to contain a `<`. */
export function looksLikeHtml(text: string): boolean {
  return htmlTag.test(text) && text.includes('</');
}

/** HTML as plain text: links keep their address, images and styles are dropped. Loads its converter on first use. */
export async function htmlToText(html: string): Promise<string> {
  const { convert } = await import('html-to-text');
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: maxInputCharacters },
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'style', format: 'skip' },
      { selector: 'script', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    ],
  }).trim();
}
