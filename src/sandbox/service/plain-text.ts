/** Tags that stand within a word or a sentence; any other one parts words. */
const inline = /<\/?(?:a|b|em|font|i|span|strong|u)(?:\s[^>]*)?>/gi;

/** Mail bodies are HTML: its tags are not words of the message. */
export function withoutMarkup(text: string): string {
  if (!hasMarkup(text)) return text;
  return text
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(inline, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:apos|rsquo|#0*39|#x27|#8217);/gi, "'")
    .replace(/&[a-z]+;|&#\d+;/gi, ' ');
}

function hasMarkup(text: string): boolean {
  return /<\/?[a-z][^>]*>/i.test(text);
}

/** A message's words on one line. */
export function oneLine(text: string): string {
  return withoutMarkup(text).replace(/\s+/g, ' ').trim();
}

/** Characters of a message that are looked at: what it is about shows at once, and it may be of megabytes. */
const maxRead = 4000;

/** What a message says itself, on one line: a mail also quotes the ones before it. */
export function ownWords(text: string): string {
  const start = text.slice(0, maxRead);
  if (!hasMarkup(start)) return oneLine(start.replace(/^>.*$/gm, ''));
  const [own = ''] = start.split(/<blockquote\b|<div class="gmail_quote/i, 1);
  return oneLine(own);
}
