import type { DomNode } from 'html-to-text';
import { clean } from '../clean.ts';
import { isPicture, wordsOf } from './attribute-text.ts';
import { type Appearance, appearanceOf, initial, isReadable } from './css/appearance.ts';
import { Cascade, noVariables, type Style, type Variables } from './css/cascade.ts';
import { hasOwnLook } from './css/hiding.ts';
import { TooComplexError } from './css/style-sheet.ts';
import { keyword } from './css/values.ts';

/**
 * Finds text in HTML mail that its reader does not see: preview lines, or instructions to a program that reads the
 * mail. Applies the style sheets and styles of the mail, and keeps text only if they are known to show it: on a desktop
 * screen with a light background, in a program that supports CSS. Where it is unknown whether a rule applies, the text
 * must be shown with and without the rule. Does not detect what requires layout, such as one element on top of another.
 */

/** Deeper elements are dropped: the converter recurses, and a few thousand levels overflow the stack. */
export const maxDepth = 400;

export interface Removed {
  /** Characters of hidden text, with white space collapsed. */
  hidden: number;
  /** Characters nested too deeply. */
  deep: number;
}

/** An element as seen with the rules that apply (first), and with those that may apply (second). */
interface Seen {
  readonly looks: readonly (Appearance | undefined)[];
  readonly variables: readonly Variables[];
}

/**
 * Removes the hidden text of a body, and turns styles that the converter does not know into elements: blocks and
 * crossed-out text.
 * @param body the root; see `normalize`.
 */
export function dropHidden(body: DomNode): Removed {
  const cascade = new Cascade(sheetsIn(body));
  const worlds = cascade.isUncertain ? [false, true] : [false];
  const removed: Removed = { hidden: 0, deep: 0 };
  // Selectors depend on the whole tree, so it is changed when all is judged.
  const edits: (() => void)[] = [];
  const outside: Seen = { looks: worlds.map(() => initial), variables: worlds.map(() => noVariables) };
  const open: { node: DomNode; around: Seen; depth: number }[] = [{ node: body, around: outside, depth: 0 }];
  // The style of <html> counts too.
  if (body.parent) open[0] = { node: body, around: see(body.parent, outside).seen, depth: 0 };
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, around, depth } = next;
    if (node.type === 'text') {
      if (around.looks.every((look) => look && isReadable(look))) continue;
      const characters = lengthOf(node);
      if (characters === 0) continue;
      removed.hidden += characters;
      edits.push(() => dropText(node));
      continue;
    }
    if (node.type !== 'tag') continue;
    if (depth > maxDepth) {
      removed.deep += textLength(node);
      edits.push(() => empty(node));
      continue;
    }
    const { seen, styles } = see(node, around);
    if (seen.looks.includes(undefined)) {
      if (node.name !== 'title') removed.hidden += textLength(node);
      edits.push(() => empty(node));
      continue;
    }
    const words = wordsOf(node);
    if (words !== '' && !seen.looks.every((look) => look && isShown(node, look))) {
      if (!isPicture(node)) removed.hidden += words.length;
      edits.push(() => empty(node));
      continue;
    }
    const [style] = styles;
    if (style && node !== body) edits.push(() => applyStyle(node, style));
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      open.push({ node: node.children[at] as DomNode, around: seen, depth: depth + 1 });
    }
  }
  for (const edit of edits) edit();
  return removed;

  function see(element: DomNode, around: Seen): { seen: Seen; styles: Style[] } {
    const rules = cascade.rulesOf(element);
    if (rules.length === 0 && isPlain(element)) return { seen: around, styles: [] };
    const styles = worlds.map((everything, at) =>
      cascade.styleOf(element, rules, around.variables[at] ?? noVariables, everything),
    );
    const looks = styles.map((style, at) => {
      const look = around.looks[at];
      return look && appearanceOf(element, style, look);
    });
    return { seen: { looks, variables: styles.map(({ variables }) => variables) }, styles };
  }
}

/** Text in a field has a color. A picture may be transparent, and is then not seen. */
function isShown(element: DomNode, look: Appearance): boolean {
  return isPicture(element) ? look.visible && look.opacity >= 0.1 : isReadable(look);
}

const styling = ['style', 'hidden', 'popover', 'bgcolor', 'background', 'color', 'text'];

/** Whether an element without rules looks like what is around it. Most do; this saves a second for the longest mail. */
function isPlain({ name = '', attribs }: DomNode): boolean {
  return !hasOwnLook(name) && !styling.some((attribute) => attribs?.[attribute] !== undefined);
}

/** The style sheets that apply to the mail. */
function sheetsIn(root: DomNode): { css: string; media: string }[] {
  const sheets: { css: string; media: string }[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'style') {
      const { type = '', media = '' } = node.attribs as Record<string, string>;
      const css = node.children.map(({ data }) => data ?? '').join('');
      if (type === '' || type.trim().toLowerCase() === 'text/css') sheets.push({ css, media });
    } else if (node.name === 'link' && /^\s*data:/i.test(node.attribs?.href ?? '')) {
      throw new TooComplexError('A style sheet as an address');
    } else if (node.type === 'tag' && node.name !== 'template' && node.name !== 'noscript') {
      for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at] as DomNode);
    }
  }
  return sheets;
}

function lengthOf(text: DomNode): number {
  return clean(text.data ?? '')
    .replace(/\s+/g, ' ')
    .trim().length;
}

function textLength(element: DomNode): number {
  let length = 0;
  const open = [element];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'text') length += lengthOf(node);
    else if (node.type === 'tag') {
      if (!isPicture(node)) length += wordsOf(node).length;
      for (const child of node.children) open.push(child);
    }
  }
  return length;
}

/** Removes text, and the address of a link around it. */
function dropText(text: DomNode) {
  let around = text.parent;
  for (let up = 0; up < 5 && around && around.name !== 'a'; up += 1) around = around.parent;
  if (around?.name === 'a') around.attribs = {};
  text.data = '';
}

/** Also removes bullets, rules, pictures and addresses. */
function empty(element: DomNode) {
  element.name = 'span';
  element.attribs = {};
  element.children = [];
}

const inlineElements =
  /^(?:a|abbr|b|bdi|bdo|big|button|cite|code|em|font|i|ins|kbd|label|mark|q|small|span|strong|time|tt|u|var)$/;
const blockDisplay =
  /^(?:block|flex|grid|table|table-row|table-caption|list-item|flow-root|-webkit-(?:box|flex))$/;

/** Turns the style of an element into elements. */
function applyStyle(element: DomNode, style: Style) {
  const lines = style.get('text-decoration') ?? [];
  if (lines.some((line) => line.type === 'Identifier' && line.name.toLowerCase() === 'line-through')) {
    element.children = [wrap('s', element.children, element)];
  }
  if (!inlineElements.test(element.name ?? '') || !blockDisplay.test(keyword(style.get('display')) ?? ''))
    return;
  if (element.name === 'span') element.name = 'div';
  else if (element.parent) {
    const { parent } = element;
    parent.children[parent.children.indexOf(element)] = wrap('div', [element], parent);
  }
}

function wrap(name: string, children: DomNode[], parent: DomNode): DomNode {
  const wrapper: DomNode = { type: 'tag', name, attribs: {}, children, parent };
  for (const child of children) child.parent = wrapper;
  return wrapper;
}

/**
 * Gives a mail the `html` and `body` elements that a browser adds, so that selectors find them, and removes those that
 * the mail has in other places.
 * @param root contains the whole mail. It becomes the body.
 */
export function normalize(root: DomNode): void {
  const attribs: Record<string, Record<string, string>> = { html: {}, body: {} };
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    while (node.children.some(isShell)) {
      node.children = node.children.flatMap((child) => {
        if (!isShell(child)) return [child];
        attribs[child.name as string] = { ...child.attribs, ...attribs[child.name as string] };
        return child.children;
      });
      link(node);
    }
    for (const child of node.children) if (child.type === 'tag') open.push(child);
  }
  root.name = 'body';
  root.attribs = attribs['body'];
  const html: DomNode = { type: 'tag', name: 'html', attribs: attribs['html'], children: [root] };
  root.parent = html;
}

const isShell = ({ type, name = '' }: DomNode) => type === 'tag' && /^(?:html|head|body)$/.test(name);

/** Restores the references between siblings, which selectors use. */
function link(parent: DomNode) {
  for (const [at, child] of parent.children.entries()) {
    child.parent = parent;
    Object.assign(child, { prev: parent.children[at - 1] ?? null, next: parent.children[at + 1] ?? null });
  }
}
