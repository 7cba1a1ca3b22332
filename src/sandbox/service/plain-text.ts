/** Mail bodies are HTML: its tags are not words of the message. */
export function withoutMarkup(text: string): string {
  if (!/<\/?[a-z][^>]*>/i.test(text)) return text;
  return text
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&[a-z]+;|&#\d+;/gi, ' ');
}

/** A message's words on one line. */
export function oneLine(text: string): string {
  return withoutMarkup(text).replace(/\s+/g, ' ').trim();
}
