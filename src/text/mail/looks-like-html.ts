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
  /<(\/?)(html|body|div|p|br|hr|img|input|area|span|font|center|table|tbody|thead|tfoot|tr|td|th|ul|ol|li|dl|dt|dd|a|b|i|u|s|strong|em|pre|code|small|style|section|article|main|header|footer|address|form|map|blockquote|h[1-6])\b([^<>]*)>/gi;

const unpaired = new Set(['br', 'hr', 'img', 'input', 'area']);
/** Elements within a line. All others break it. */
const inline = /^(?:span|font|a|b|i|u|s|strong|em|code|small|img|input|area)$/i;
/** Elements whose closing tag is optional. */
const closedByOthers = new Set(['p', 'li', 'dt', 'dd', 'tr', 'td', 'th', 'tbody', 'thead', 'tfoot']);

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
 * - blocks, and words that touch their tags, as programs write them: `<p>a</p><hr>b`
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
  const body = withoutComments(start).trim();
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
  return isGlued(body, tags) || isJoined(body, tags);
}

/** Nobody sees the comments of a mail. One that is not closed stays. */
function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 2);
    if (end < 0) break;
    kept += text.slice(from, at);
    from = end + 3;
  }
  return kept + text.slice(from);
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

/** Whether all words outside of blocks touch the tags beside them. Who writes about tags leaves spaces. */
function isGlued(body: string, tags: readonly RegExpExecArray[]): boolean {
  const breaks = ({ 2: name = '' }: RegExpExecArray) => !inline.test(name);
  if (!tags.some(breaks) || !body.includes('</') || /[`{]/.test(body) || !pairUp(tags)) return false;
  let end = 0;
  return [...tags, undefined].every((next, at) => {
    const words = body.slice(end, next?.index);
    const last = tags[at - 1];
    end = next ? next.index + next[0].length : end;
    if (!/\S/.test(words)) return true;
    const isAfterBlock =
      last && breaks(last) && (last[1] === '/' || unpaired.has(last[2]?.toLowerCase() ?? ''));
    const isBeforeBlock = next && breaks(next) && next[1] === '';
    if (isAfterBlock && !/^(?:[\p{L}\p{N}&(…]|\.{3})/u.test(words)) return false;
    return !isBeforeBlock || /[\p{L}\p{N}.,!;)…]$/u.test(words.slice(-2));
  });
}

/**
 * Whether lines are joined by line breaks, glued to the words that they separate. Other tags may only mark words. Who
 * writes about `<br>` leaves spaces.
 */
function isJoined(body: string, tags: readonly RegExpExecArray[]): boolean {
  const lineBreaks = tags.filter(({ 2: name }) => name?.toLowerCase() === 'br');
  if (lineBreaks.length < 2 || /[`{]/.test(body)) return false;
  const others = tags.filter(({ 2: name = '' }) => name.toLowerCase() !== 'br');
  if (!others.every(({ 2: name = '' }) => inline.test(name)) || !pairUp(others)) return false;
  return lineBreaks.every(({ 0: written, index }) => {
    const before = body[index - 1] ?? '';
    const after = body[index + written.length] ?? '';
    if (/["'(]/.test(before) || /["')]/.test(after)) return false;
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
