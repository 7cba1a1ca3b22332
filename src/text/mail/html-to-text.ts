import type { DomNode, FormatCallback } from 'html-to-text';
import { dropHidden } from './hidden-text.ts';

/** How a text begins that is a whole document: nobody begins prose this way. */
const documentStart =
  /^(?:\ufeff|\s|<!--[^>]*-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body)\b[^<>]*>/i;

/** A tag of the kinds that mail bodies are made of. */
const tag =
  /<(\/?)(html|body|div|p|br|hr|img|span|font|center|table|tbody|thead|tr|td|th|ul|ol|li|a|b|i|u|strong|em|pre|code|small|style|section|article|header|footer|blockquote|h[1-6])\b([^<>]*)>/gi;

const unpaired = new Set(['br', 'hr', 'img']);
/** Elements that may do without their closing tag. */
const closedByOthers = new Set(['p', 'li', 'tr', 'td', 'th', 'tbody', 'thead']);

/** What programs write into tags, and people who talk about tags hardly ever do. */
const attribute = /\s(?:style|class|dir|href|src|align|width|bgcolor)\s*=/i;

/** A mail body beyond this is cut before it is converted: nobody reads it whole, and parsing is not free. */
const maxInputCharacters = 200_000;

/** Elements nested deeper than this are left out: the converter recurses, and some thousands overflow the stack. */
const maxDepth = 400;

/**
 * True for the body of an HTML mail. That is a text that begins as a document; or begins with a tag, and either ends
 * with one while all tags pair up, or has several with attributes; or begins with words, as some replies do, yet ends
 * with a tag, pairs up and has attributes. Anything else is prose about tags, or code: it stays as it is, since a tag
 * too many costs little, and a word too few may be the one that was asked about.
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

/** Stands around everything, so that one formatter sees the whole tree; content that names it loses it. */
const rootName = 'whole-mail-body';

/** What a text of a message says: the body of an HTML mail as plain text, anything else as it is. */
export async function readableText(text: string): ReturnType<typeof htmlToText> {
  return looksLikeHtml(text) ? htmlToText(text) : { text, unread: 0, hidden: 0 };
}

/**
 * HTML as plain text: links keep their address, images and styles are dropped, cells of a row are parted by ` | `,
 * text that the mail's reader does not see is left out. Loads its converter on first use.
 * @returns the text, how many characters of markup at the end were not read at all, and how many were hidden.
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
      // Most programs put earlier mail into a blockquote; this one names a box of its own.
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
 * A row of a table on a line of its own. Where each cell is one line, a separator stands between them; where one holds
 * paragraphs, lists or tables, as in mail that is laid out by tables, the cells follow each other as blocks.
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

/** What a cell holds, if that is one line, without the paragraph that office programs put around it. */
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

/** Whether anything inside the element passes. */
function holds(element: DomNode, passes: (node: DomNode) => boolean): boolean {
  const open = element.children.slice();
  for (let node = open.pop(); node; node = open.pop()) {
    if (passes(node)) return true;
    if (node.type === 'tag') for (const child of node.children) open.push(child);
  }
  return false;
}
