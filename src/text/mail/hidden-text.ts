import type { DomNode } from 'html-to-text';
import { clean } from '../clean.ts';

/**
 * Finds text in HTML mail that its reader does not see: preview lines, or instructions to a program that reads the
 * mail. Detects the `hidden` attribute and styles, inline or by a single class or id: `display`, `visibility`,
 * `opacity`, `font-size`, `color: transparent`, boxes without height or width, and positions off the screen. Does not
 * detect what requires layout, such as white on white or one element on top of another.
 */

/** Inherited styles that hide text. A descendant can undo them, as in CSS. */
interface Appearance {
  readonly invisible: boolean;
  readonly tiny: boolean;
  readonly transparent: boolean;
}

type Declarations = ReadonlyMap<string, string>;

/** The rest of a longer style is ignored, to bound the cost. */
const maxStyleCharacters = 4000;

/**
 * Removes the hidden text of a tree.
 * @returns the number of characters removed, with white space collapsed.
 */
export function dropHidden(root: DomNode): number {
  const sheet = readSheets(root);
  let characters = 0;
  const open: { node: DomNode; seen: Appearance | 'gone' }[] = [
    { node: root, seen: { invisible: false, tiny: false, transparent: false } },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, seen } = next;
    if (node.type === 'text' && (seen === 'gone' || seen.invisible || seen.tiny || seen.transparent)) {
      characters += clean(node.data ?? '')
        .replace(/\s+/g, ' ')
        .trim().length;
      dropAddress(node);
      node.data = '';
    }
    if (node.type !== 'tag') continue;
    const styles = declarationsOf(node, sheet);
    const inside = seen === 'gone' || isGone(node, styles) ? 'gone' : appearance(seen, styles);
    for (const child of node.children) open.push({ node: child, seen: inside });
    if (inside !== 'gone') continue;
    // Also removes bullets, rules and link addresses.
    node.name = 'span';
    node.attribs = {};
  }
  return characters;
}

/** Removes the address of a link around the text. */
function dropAddress(text: DomNode) {
  let around = text.parent;
  for (let up = 0; up < 5 && around && around.name !== 'a'; up += 1) around = around.parent;
  if (around?.name === 'a' && /\S/.test(text.data ?? '')) around.attribs = {};
}

function isGone(node: DomNode, styles: Declarations): boolean {
  const is = (property: string, pattern: RegExp) => pattern.test(styles.get(property) ?? '');
  const display = styles.get('display');
  if (display === 'none' || (display === undefined && node.attribs?.hidden !== undefined)) return true;
  const noRoom = ['height', 'width', 'max-width'].some((property) => is(property, zero));
  const clipped = is('overflow', /hidden|clip/) || is('overflow-y', /hidden|clip/);
  const placed = is('position', /absolute|fixed/);
  return (
    is('opacity', /^(?:0?\.0\d*|0|0%)$/) ||
    is('max-height', zero) ||
    (noRoom && clipped) ||
    is('text-indent', farOut) ||
    (placed && (is('left', farOut) || is('top', farOut)))
  );
}

const zero = /^(?:0+(?:\.0*)?|\.0+)(?:px|pt|em|rem|%)?$/;
const farOut = /^-\d{3,}(?:\.\d+)?(?:px|pt|em|rem)$/;

function appearance(seen: Appearance, styles: Declarations): Appearance {
  const visibility = styles.get('visibility');
  const color = styles.get('color');
  const size = styles.get('font-size') ?? sizeInFont.exec(styles.get('font') ?? '')?.[1];
  return {
    invisible: visibility ? /^(?:hidden|collapse)$/.test(visibility) : seen.invisible,
    tiny: size ? isTiny(size, seen.tiny) : seen.tiny,
    transparent: color && color !== 'inherit' ? color === 'transparent' : seen.transparent,
  };
}

const sizeInFont = /(?:^|\s)(0|[\d.]{1,9}(?:px|pt|em|rem|%))(?=[\s/])/;

/** Whether a font size is too small to read. A size relative to a tiny size is tiny. */
function isTiny(size: string, tinyAround: boolean): boolean {
  const [, number = '', unit = ''] = /^([\d.]{1,9})([a-z]*|%)$/.exec(size) ?? [];
  if (number === '') return tinyAround && /^(?:inherit|smaller|larger)$/.test(size);
  if (unit === 'em' || unit === '%') return tinyAround || Number(number) <= (unit === 'em' ? 0.1 : 10);
  return Number(number) <= (unit === 'rem' ? 0.1 : 1);
}

/** The styles of an element: by class or id, overridden by its own `style`. */
function declarationsOf(node: DomNode, sheet: ReadonlyMap<string, Declarations>): Declarations {
  const { style = '', class: classes = '', id = '' } = (node.attribs ?? {}) as Record<string, string>;
  if (sheet.size === 0) return parse(style);
  const names = [
    ...classes
      .slice(0, maxStyleCharacters)
      .split(/\s+/)
      .map((name) => `.${name}`),
    `#${id}`,
  ];
  const rules = names.flatMap((name) => [sheet.get(name), sheet.get(node.name + name)]);
  const all = rules.flatMap((rule) => [...(rule ?? [])]);
  return all.length === 0 ? parse(style) : new Map([...all, ...parse(style)]);
}

/** Properties and values in lower case. The last declaration wins, unless an earlier one is `!important`. */
function parse(style: string): Declarations {
  const declarations = new Map<string, string>();
  const important = new Set<string>();
  for (const declaration of withoutComments(style.slice(0, maxStyleCharacters)).toLowerCase().split(';')) {
    const [property = '', value = ''] = declaration.split(':').map((part) => part.trim());
    const [plain = ''] = value.split('!');
    if (value !== plain) important.add(property);
    else if (important.has(property)) continue;
    declarations.set(property, plain.trim());
  }
  return declarations;
}

/** Rules outside of at-rules whose selector is one class or id, with or without a tag. */
function readSheets(root: DomNode): Map<string, Declarations> {
  const rules = new Map<string, Declarations>();
  for (const css of sheetsIn(root)) {
    let depth = 0;
    for (const part of withoutComments(css).split('}')) {
      const pieces = part.split('{');
      const [selectors = '', body = ''] = pieces;
      if (depth === 0 && pieces.length === 2) {
        for (const selector of selectors.split(',').map((text) => text.trim())) {
          if (!/^[a-z\d]*[.#][\w-]+$/i.test(selector)) continue;
          rules.set(selector, new Map([...(rules.get(selector) ?? []), ...parse(body)]));
        }
      }
      depth = Math.max(0, depth + pieces.length - 2);
    }
  }
  return rules;
}

function* sheetsIn(root: DomNode): Generator<string> {
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'style') yield node.children.map(({ data }) => data ?? '').join('');
    else for (const child of node.children ?? []) open.push(child);
  }
}

function withoutComments(css: string): string {
  const [before = '', ...rest] = css.split('/*');
  return [before, ...rest.map((text) => text.split('*/').slice(1).join('*/'))].join(' ');
}
