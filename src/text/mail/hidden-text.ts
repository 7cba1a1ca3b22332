import type { DomNode } from 'html-to-text';
import { clean } from '../clean.ts';

/**
 * Text that a mail holds but its reader does not see: a preview line, or words meant for the program that reads it.
 * Known are the `hidden` attribute and what styles say, in the element or in a sheet by one class or id: `display`,
 * `visibility`, `opacity`, `font-size`, `color: transparent`, boxes without height or width, places off the screen.
 * Not known is what needs the page laid out, such as white on white or one element over another.
 */

/** What is in force at an element: the first kinds can be undone further inside, as CSS has it. */
interface Appearance {
  readonly invisible: boolean;
  readonly tiny: boolean;
  readonly transparent: boolean;
}

type Declarations = ReadonlyMap<string, string>;

/** Styles beyond this are not read: nobody writes them, and reading is not free. */
const maxStyleCharacters = 4000;

/**
 * Empties every text of the tree that its reader does not see.
 * @returns how many characters that were, spaces between words counted once.
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
    // Neither bullets nor rules nor addresses of links remain of it.
    node.name = 'span';
    node.attribs = {};
  }
  return characters;
}

/** The address of a link around the text goes with it. */
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

/** A size that no eye can read; one that is relative to such a size stays so. */
function isTiny(size: string, tinyAround: boolean): boolean {
  const [, number = '', unit = ''] = /^([\d.]{1,9})([a-z]*|%)$/.exec(size) ?? [];
  if (number === '') return tinyAround && /^(?:inherit|smaller|larger)$/.test(size);
  if (unit === 'em' || unit === '%') return tinyAround || Number(number) <= (unit === 'em' ? 0.1 : 10);
  return Number(number) <= (unit === 'rem' ? 0.1 : 1);
}

/** What the sheets say of the element by class or id, and over it what its own style says. */
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

/** Property and value in lower case; of two declarations the last counts, before it an important one. */
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

/** Rules of the mail's style sheets that hold everywhere and name one class or id, with or without a tag. */
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
