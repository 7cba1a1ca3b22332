import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import { truncate } from '../clean.ts';
import { isPicture, wordsOf } from './attribute-text.ts';
import { TooComplexError } from './css/style-sheet.ts';
import { dropHidden, maxDepth, normalize, type Removed } from './hidden-text.ts';
import { formatRow } from './table-row.ts';

/** What is read of a mail, and the text made of it. The rest is counted as unread. */
const max = { markup: 300_000, tags: 60_000, text: 200_000 };

/** Longer addresses are cut, because they are a quarter of the characters of mail and mostly track a reader. */
const maxAddress = { whole: 100, cut: 60 };

/** Characters of a picture's description or a field's text. */
const maxWordsCharacters = 300;

export interface MailText {
  readonly text: string;
  /** Characters that were not read: the end of a very long mail, or text nested too deeply. */
  readonly unread: number;
  /** Characters of hidden text that were left out. */
  readonly hidden: number;
}

/** Wraps the mail, so that one formatter sees the whole tree. Removed from the mail itself. */
const rootName = 'whole-mail-body';

/**
 * Converts HTML to plain text. Links and pictures keep their address and meaning, table cells are separated by ` | `,
 * and styles and hidden text are omitted. Takes long for crafted markup: run it in a worker.
 * @throws TooComplexError
 */
export function htmlToText(html: string, { wholeAddresses = false } = {}): MailText {
  const lean = html.replace(/(["'(=])data:[^"'()\s<>]{200,}/gi, '$1data:');
  const body = lean.slice(0, max.markup).replaceAll(new RegExp(rootName, 'gi'), ' ');
  if (countTags(body) > max.tags) throw new TooComplexError('Too many tags');
  converter ??= createConverter();
  const { text, hidden, deep } = converter(`<${rootName}>${body}`, wholeAddresses);
  // Programs write an empty line as a block with a line break in it, which counts twice here.
  const { text: kept, omitted } = truncate(text.trim().replace(/\n{3,}/g, '\n\n'), max.text);
  return { text: kept, unread: Math.max(0, lean.length - max.markup) + deep + omitted, hidden };
}

function countTags(html: string): number {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) tags += 1;
  return tags;
}

type Converter = (html: string, wholeAddresses: boolean) => Removed & { text: string };

/** Made once: compiling the selectors takes longer than converting a mail. */
let converter: Converter | undefined;

function createConverter(): Converter {
  let removed: Removed = { hidden: 0, deep: 0 };
  let cutAddresses = true;
  const root: FormatCallback = (elem, walk, builder) => {
    normalize(elem);
    removed = dropHidden(elem);
    walk(elem.children, builder);
  };
  // The address after the text, unless it says the same.
  const link: FormatCallback = (elem, walk, builder) => {
    walk(elem.children, builder);
    const address = addressOf(elem);
    if (address === '' || isSameAddress(address, textOf(elem))) return;
    const isCut = cutAddresses && address.length > maxAddress.whole;
    builder.addInline(` [${isCut ? `${address.slice(0, maxAddress.cut)}…` : address}]`, {
      noWordTransform: true,
    });
  };
  const block = { leadingLineBreaks: 1, trailingLineBreaks: 1 };
  const convert = compile({
    wordwrap: false,
    // Wrappers that replace styles come on top of the mail's own elements.
    limits: { maxDepth: maxDepth * 2 },
    baseElements: { selectors: [rootName] },
    formatters: {
      root,
      row: formatRow,
      picture: formatPicture,
      raised: formatRaised,
      crossed: formatCrossed,
      link,
      field: formatField,
      area: (elem, walk, builder, options) => {
        formatPicture(elem, walk, builder, options);
        if (wordsOf(elem) !== '') link(elem, walk, builder, options);
      },
    },
    selectors: [
      { selector: rootName, format: 'root' },
      { selector: 'tr', format: 'row' },
      // Most programs quote earlier mail in a blockquote, Yahoo in a div.
      { selector: 'div[class$="yahoo_quoted"]', format: 'blockquote' },
      { selector: 'a', format: 'link' },
      { selector: 'img', format: 'picture' },
      { selector: 'area', format: 'area' },
      { selector: 'input', format: 'field' },
      { selector: 'sup', format: 'raised' },
      ...['s', 'del', 'strike'].map((selector) => ({ selector, format: 'crossed' })),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      ...['style', 'script', 'title'].map((selector) => ({ selector, format: 'skip' })),
      ...[
        'address',
        'caption',
        'center',
        'dd',
        'details',
        'dialog',
        'dt',
        'fieldset',
        'figcaption',
        'figure',
      ].map((selector) => ({ selector, format: 'block', options: block })),
      ...['hgroup', 'legend', 'menu', 'search', 'summary'].map((selector) => ({
        selector,
        format: 'block',
        options: block,
      })),
    ],
  });
  return (html, wholeAddresses) => {
    removed = { hidden: 0, deep: 0 };
    cutAddresses = !wholeAddresses;
    const text = convert(html);
    return { ...removed, text };
  };
}

/** Browsers remove line breaks from addresses. Addresses within the mail and scripts lead nowhere. */
function addressOf(link: DomNode): string {
  const address = String(link.attribs?.href ?? '')
    .replace(/[\t\n\r]/g, '')
    .trim()
    .replaceAll(' ', '%20')
    .replace(/^mailto:/i, '');
  return /^(?:#|(?:javascript|data|vbscript|cid):)/i.test(address) ? '' : address;
}

/** Whether a link's text is its address, as in addresses that mail programs turn into links. */
function isSameAddress(address: string, text: string): boolean {
  const [one, other] = [address, text].map((part) => {
    const plain = part.replace(/\s+/g, '').replace(/^<(.*)>$/s, '$1');
    return safeDecode(plain.replace(/^(?:https?:\/\/|mailto:|tel:)/i, '').replace(/\/$/, '')).toLowerCase();
  });
  if (one === other) return true;
  return /^tel:/i.test(address) && one?.replace(/[^\d+]/g, '') === other?.replace(/[^\d+]/g, '');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function textOf(element: DomNode): string {
  let text = '';
  const open = [element];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'text') text += node.data;
    else text += wordsOf(node);
    for (let at = (node.children?.length ?? 0) - 1; at >= 0; at -= 1) open.push(node.children[at] as DomNode);
  }
  return text;
}

function shortWordsOf(element: DomNode): string {
  const { text, omitted } = truncate(wordsOf(element), maxWordsCharacters);
  return omitted > 0 ? `${text}…` : text;
}

/** What a picture means, if its sender says so. */
const formatPicture: FormatCallback = (image, _walk, builder) => {
  const words = shortWordsOf(image);
  if (words !== '') builder.addInline(`[image: ${words}]`, { noWordTransform: true });
};

/** A field with its text, or a button. */
const formatField: FormatCallback = (field, walk, builder, options) => {
  if (isPicture(field)) return formatPicture(field, walk, builder, options);
  const words = shortWordsOf(field);
  if (words !== '') builder.addInline(`[${words}]`, { noWordTransform: true });
};

/** `$19^(99)`: raised digits must not look like the end of the number before them. Ordinals and signs stay: `1st`. */
const formatRaised: FormatCallback = (elem, walk, builder) => {
  const isPlain = /^\s*(?:st|nd|rd|th|er|re|e|o|a|[^\p{L}\p{N}]*)\s*$/iu.test(textOf(elem));
  if (isPlain) return walk(elem.children, builder);
  builder.addInline('^(');
  walk(elem.children, builder);
  builder.addInline(')');
};

const formatCrossed: FormatCallback = (elem, walk, builder) => {
  const isEmpty = !/\S/.test(textOf(elem));
  if (!isEmpty) builder.addInline('~~');
  walk(elem.children, builder);
  if (!isEmpty) builder.addInline('~~');
};
