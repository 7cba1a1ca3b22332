/** The start of a complete HTML document. Prose does not start like this. */
const documentStart =
  /^(?:\s|<!--[^>]*-->|<\?xml[^>]*>)*<(?:(?:!doctype\s+html|html|head|body)\b[^<>]*|(?:meta|link|base)\s+[a-z-]+=[^<>]*)>/i;

/** The start of a document without its outer tags. */
const headStart = /^\s*<(style|title)\b[^<>]*>/i;

/** A complete document on lines of its own, below a warning that a mail gateway added. */
const documentBelow = /\n\s{0,20}<(?:!doctype\s+html|html)\b[^<>]*>/i;
const documentEnd = /<\/(?:html|body)>/i;

/** A tag that is common in mail bodies. */
const tag =
  /<(\/?)(html|body|div|p|br|hr|img|span|font|center|table|tbody|thead|tr|td|th|ul|ol|li|a|b|i|u|strong|em|pre|code|small|style|section|article|header|footer|blockquote|h[1-6])\b([^<>]*)>/gi;

const unpaired = new Set(['br', 'hr', 'img']);
/** Elements whose closing tag is optional. */
const closedByOthers = new Set(['p', 'li', 'tr', 'td', 'th', 'tbody', 'thead']);

/** Attributes that mail programs write, but people who write about tags rarely do. */
const attribute = /\s(?:style|class|dir|href|src|align|width|bgcolor)\s*=/i;

/** A line that a program adds below a mail. */
const footer =
  /^\s*(?:[-_=*]{2,}|(?!\s).{0,200}\b(?:scanned|virus|antivirus|confidential|disclaimer|spam)\b)/is;

/** Characters that are looked at, to bound the cost. */
const maxCharacters = { text: 200_000, start: 2000, added: 1000 };

/**
 * Whether a text is the body of an HTML mail. It is one of:
 *
 * - a text that starts like an HTML document, or has one below a few lines that a mail gateway added
 * - a text that starts with a tag, and either ends with a tag and has balanced tags, or has three tags with attributes;
 *   a program may have added a footer
 * - a reply that starts with words, ends with a tag, has balanced tags and a tag with attributes
 * - lines that are joined by `<br>` without spaces
 *
 * Everything else is taken for prose or code and kept as it is: a tag too many does less harm than a lost word.
 */
export function looksLikeHtml(text: string): boolean {
  if (!text.includes('<')) return false;
  const start = text.slice(0, maxCharacters.text);
  if (documentStart.test(start.slice(0, maxCharacters.start)) || hasDocumentBelow(start)) return true;
  const [, head] = headStart.exec(start.slice(0, maxCharacters.start)) ?? [];
  if (head && start.toLowerCase().includes(`</${head.toLowerCase()}>`)) return true;
  const body = start.trim();
  const tags = [...body.matchAll(tag)];
  const [first, last] = [tags[0], tags.at(-1)];
  if (first === undefined || last === undefined) return false;
  const begins = first.index === 0 && first[1] === '';
  if (begins && text.length > maxCharacters.text) return true;
  const withAttributes = tags.filter(([, , , rest = '']) => attribute.test(rest)).length;
  if (begins && withAttributes >= 3) return true;
  const below = body.slice(last.index + last[0].length);
  const endsWithTag = last[1] === '/' || unpaired.has((last[2] ?? '').toLowerCase()) || begins;
  const isWhole = below === '' ? endsWithTag : begins && isFooter(below);
  if (isWhole && (begins || withAttributes > 0) && body.includes('</') && pairUp(tags)) return true;
  return isJoined(body, tags);
}

/** The lines above a document must not introduce it, as in a question about a page. */
function hasDocumentBelow(text: string): boolean {
  const found = documentBelow.exec(text.slice(0, maxCharacters.start));
  if (found === null || found.index > maxCharacters.added || !documentEnd.test(text)) return false;
  return !/[:?]\s*$/.test(text.slice(0, found.index));
}

function isFooter(text: string): boolean {
  return (
    text.length <= maxCharacters.added && /^\s*\n/.test(text) && footer.test(text) && !text.includes('?')
  );
}

/** Whether the only tags are line breaks, glued to the words that they separate. Who writes about `<br>` leaves spaces. */
function isJoined(body: string, tags: readonly RegExpExecArray[]): boolean {
  if (tags.length < 2 || /[`{]/.test(body)) return false;
  return tags.every(({ 0: written, 2: name, index }) => {
    const before = body[index - 1] ?? '';
    const after = body[index + written.length] ?? '';
    if (name?.toLowerCase() !== 'br' || /["'(]/.test(before) || /["')]/.test(after)) return false;
    return /\S/.test(before) || (before === '\n' && after !== ' ');
  });
}

function pairUp(tags: readonly RegExpExecArray[]): boolean {
  const open: string[] = [];
  for (const [, closing, written = ''] of tags) {
    const name = written.toLowerCase();
    if (unpaired.has(name)) continue;
    if (closing === '') {
      open.push(name);
      continue;
    }
    while (open.length > 0 && open.at(-1) !== name && closedByOthers.has(open.at(-1) ?? '')) open.pop();
    if (open.pop() !== name) return false;
  }
  return open.every((name) => closedByOthers.has(name));
}
