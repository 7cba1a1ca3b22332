import type { DomNode, FormatCallback } from 'html-to-text';
import { dropHidden } from './hidden-text.ts';

/** The start of a complete HTML document. Prose does not start like this. */
const documentStart =
  /^(?:\ufeff|\s|<!--[^>]*-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body)\b[^<>]*>/i;

/** A tag that is common in mail bodies. */
const tag =
  /<(\/?)(html|body|div|p|br|hr|img|span|font|center|table|tbody|thead|tr|td|th|ul|ol|li|a|b|i|u|strong|em|pre|code|small|style|section|article|header|footer|blockquote|h[1-6])\b([^<>]*)>/gi;

const unpaired = new Set(['br', 'hr', 'img']);
/** Elements whose closing tag is optional. */
const closedByOthers = new Set(['p', 'li', 'tr', 'td', 'th', 'tbody', 'thead']);

/** Attributes that mail programs write, but people who write about tags rarely do. */
const attribute = /\s(?:style|class|dir|href|src|align|width|bgcolor)\s*=/i;

/** Longer mail is cut before it is converted, to bound the cost. */
const maxInputCharacters = 200_000;

/** Deeper elements are omitted: the converter recurses, and a few thousand levels overflow the stack. */
const maxDepth = 400;

/**
 * Whether a text is the body of an HTML mail. It is one of:
 *
 * - a text that starts like an HTML document
 * - a text that starts with a tag, and either ends with a tag and has balanced tags, or has three tags with attributes
 * - a reply that starts with words, ends with a tag, has balanced tags and a tag with attributes
 *
 * Everything else is taken for prose or code and kept as it is: a tag too many does less harm than a lost word.
 */
export function looksLikeHtml(text: string): boolean {
  const start = text.slice(0, maxInputCharacters);
  if (documentStart.test(start.slice(0, 2000))) return true;
  const body = start.trim();
  const tags = [...body.matchAll(tag)];
  const [first, last] = [tags[0], tags.at(-1)];
  if (first === undefined || last === undefined) return false;
  const begins = first.index === 0 && first[1] === '';
  if (begins && text.length > maxInputCharacters) return true;
  const ends = last.index + last[0].length === body.length && (last[1] === '/' || begins);
  const withAttributes = tags.filter(([, , , rest = '']) => attribute.test(rest)).length;
  if (begins && withAttributes >= 3) return true;
  return ends && (begins || withAttributes > 0) && text.includes('</') && pairUp(tags);
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

/** Wraps the mail, so that one formatter sees the whole tree. Removed from the mail itself. */
const rootName = 'whole-mail-body';

/** Converts the body of an HTML mail to plain text. Returns other text unchanged. */
export async function readableText(text: string): ReturnType<typeof htmlToText> {
  return looksLikeHtml(text) ? htmlToText(text) : { text, unread: 0, hidden: 0 };
}

/**
 * Converts HTML to plain text. Links keep their address, table cells are separated by ` | `, and images, styles and
 * hidden text are omitted. Loads the converter on first use.
 * @returns the text, and the number of characters cut off at the end (`unread`) and of hidden text (`hidden`).
 */
export async function htmlToText(html: string): Promise<{ text: string; unread: number; hidden: number }> {
  converter ??= createConverter();
  const convert = await converter;
  const body = html.slice(0, maxInputCharacters).replaceAll(new RegExp(rootName, 'gi'), ' ');
  const { text, hidden } = convert(`<${rootName}>${body}`);
  return { text: text.trim(), unread: Math.max(0, html.length - maxInputCharacters), hidden };
}

type Converter = (html: string) => { text: string; hidden: number };

/** Made once: compiling the selectors takes longer than converting a mail. */
let converter: Promise<Converter> | undefined;

async function createConverter(): Promise<Converter> {
  const { compile } = await import('html-to-text');
  let hidden = 0;
  const root: FormatCallback = (elem, walk, builder) => {
    hidden = dropHidden(elem);
    walk(elem.children, builder);
  };
  const convert = compile({
    wordwrap: false,
    limits: { maxDepth },
    baseElements: { selectors: [rootName] },
    formatters: { root, row: formatRow },
    selectors: [
      { selector: rootName, format: 'root' },
      { selector: 'tr', format: 'row' },
      // Most programs quote earlier mail in a blockquote, Yahoo in a div.
      { selector: 'div[class$="yahoo_quoted"]', format: 'blockquote' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      ...['img', 'style', 'script', 'title'].map((selector) => ({ selector, format: 'skip' })),
      ...['address', 'caption', 'center', 'dd', 'dt', 'fieldset', 'figcaption', 'figure', 'summary'].map(
        (selector) => ({
          selector,
          format: 'block',
          options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
        }),
      ),
    ],
  });
  return (html) => {
    hidden = 0;
    const text = convert(html);
    return { text, hidden };
  };
}

/**
 * Formats a table row. If every cell is a single line, the row is one line with separators. Otherwise, as in mail that
 * uses tables for layout, each cell is a block.
 */
const formatRow: FormatCallback = (row, walk, builder) => {
  const cells = row.children.filter(({ type }) => type === 'tag');
  const filled = cells.filter((cell) => holds(cell, isVisibleText));
  const lines = cells.map(lineOf);
  builder.openBlock({ leadingLineBreaks: 1 });
  if (filled.length > 1 && lines.every((line) => line !== undefined)) {
    const end = cells.lastIndexOf(filled.at(-1) as DomNode);
    for (const [index, line] of lines.slice(0, end + 1).entries()) {
      if (index > 0) builder.addInline(' | ');
      walk(line, builder);
    }
  } else {
    for (const cell of filled) {
      builder.openBlock({ leadingLineBreaks: 1 });
      walk(lineOf(cell) ?? [cell], builder);
      builder.closeBlock({ trailingLineBreaks: 1 });
    }
  }
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** The content of a single-line cell, without the paragraph that office programs wrap it in. */
function lineOf(cell: DomNode): DomNode[] | undefined {
  let inner = cell;
  while (true) {
    const [only, ...others] = inner.children.filter((node) => node.type === 'tag' || isVisibleText(node));
    if (only === undefined || others.length > 0 || !/^(?:p|div)$/.test(only.name ?? '')) break;
    inner = only;
  }
  return holds(inner, isBlock) ? undefined : inner.children;
}

const blocks =
  /^(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)$/;

function isBlock(node: DomNode): boolean {
  return node.type === 'tag' && blocks.test(node.name ?? '');
}

function isVisibleText(node: DomNode): boolean {
  return node.type === 'text' && /\S/.test(node.data ?? '');
}

/** Whether any node inside the element passes. */
function holds(element: DomNode, passes: (node: DomNode) => boolean): boolean {
  const open = element.children.slice();
  for (let node = open.pop(); node; node = open.pop()) {
    if (passes(node)) return true;
    if (node.type === 'tag') for (const child of node.children) open.push(child);
  }
  return false;
}
