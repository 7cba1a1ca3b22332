/** Inline tags do not separate words; all other tags do. */
const inlineTag = /<\/?(?:a|b|em|font|i|span|strong|u)(?:\s[^<>]*)?>/gi;

/**
 * A style sheet or script. Without its end it goes on to the end of the text, as in a browser; searching for an end that
 * is missing would take quadratic time.
 */
const unseen = /<(style|script)\b(?:(?!<\/\1>)[\s\S])*(?:<\/\1>)?/gi;

/** Removes HTML tags and entities. Text without tags is returned unchanged. */
export function stripMarkup(text: string): string {
  if (!hasMarkup(text)) return text;
  return text
    .replace(unseen, ' ')
    .replace(inlineTag, '')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:apos|rsquo|#0{0,10}39|#x27|#8217);/gi, "'")
    .replace(/&[a-z]{1,40};|&#\d{1,10};/gi, ' ');
}

function hasMarkup(text: string): boolean {
  return /<\/?[a-z][^<>]*>/i.test(text);
}

/** The text without markup, on one line. */
export function oneLine(text: string): string {
  return stripMarkup(text).replace(/\s+/g, ' ').trim();
}

/** Characters to read. A message may be megabytes long, but its subject is at the beginning. */
const maxRead = 4000;

/** The beginning of a message on one line, without the mails it quotes. */
export function withoutQuotes(text: string): string {
  const start = text.slice(0, maxRead);
  if (!hasMarkup(start)) return oneLine(start.replace(/^>.*$/gm, ''));
  const [own = ''] = start.split(/<blockquote\b|<div class="gmail_quote/i, 1);
  return oneLine(own);
}
