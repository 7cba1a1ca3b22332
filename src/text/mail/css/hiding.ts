import type { CssNode } from 'css-tree';
import type { DomNode } from 'html-to-text';
import type { Style } from './cascade.ts';
import { type Basis, keyword, pixels, screen, type Value } from './values.ts';

/**
 * Elements that browsers do not show. `noscript` is shown only without scripts, which webmail has. The contents of
 * `object`, `audio`, `video` and `canvas` replace what cannot be played.
 */
const unshown = new Set(
  `template datalist noembed noframes noscript iframe audio video canvas object embed applet head title script style
  desc metadata defs symbol clippath mask rp annotation annotation-xml progress meter map-data`.split(/\s+/),
);

/** Whether elements of this name may look different from their surroundings without any style. */
export function hasOwnLook(name: string): boolean {
  return unshown.has(name) || name === 'a' || name === 'dialog' || name === 'option';
}

/**
 * Whether an element and everything inside is not shown. Judged by an allow-list: a value of a property that can hide is
 * known to show the element, or counts as hiding it. `details` are shown: the reader can open them.
 */
export function isGone(element: DomNode, style: Style, basis: Basis, room: Room): boolean {
  const { name = '', attribs = {} } = element;
  if (unshown.has(name) || (name === 'dialog' && attribs.open === undefined)) return true;
  if (name === 'option' && !isChosen(element)) return true;
  const display = keyword(style.get('display'));
  if (display === 'none' || (display === undefined && hasHiddenAttribute(element))) return true;
  // Outlook does not show it. Buttons hide a link there, and show a drawing with the same words instead.
  if (keyword(style.get('mso-hide')) === 'all' && name !== 'a') return true;
  if (keyword(style.get('content-visibility')) === 'hidden') return true;
  return (
    isTransformed(style, basis) || isMasked(style) || isFarOff(style, basis, room) || hasNoRoom(style, basis)
  );
}

function hasHiddenAttribute({ attribs }: DomNode): boolean {
  return attribs?.hidden !== undefined || attribs?.popover !== undefined;
}

/** Of a list that shows one option: the selected one, or else the first. */
function isChosen(option: DomNode): boolean {
  let list = option.parent;
  if (list?.name === 'optgroup') list = list.parent;
  if (list?.name !== 'select') return false;
  if (list.attribs?.multiple !== undefined || Number(list.attribs?.size) > 1) return true;
  const options = list.children.flatMap((child) => (child.name === 'optgroup' ? child.children : [child]));
  const all = options.filter(({ name }) => name === 'option');
  return (all.findLast(({ attribs }) => attribs?.selected !== undefined) ?? all[0]) === option;
}

const clips = /^(?:hidden|clip|scroll|auto|overlay)$/;

/** Whether an element cuts off what does not fit in it. */
export function isClipped(style: Style): boolean {
  return ['overflow-x', 'overflow-y'].some((property) => clips.test(keyword(style.get(property)) ?? ''));
}

/** The size of a box that clips its content, in pixels. */
export interface Room {
  readonly width: number;
  readonly height: number;
}
export const endless: Room = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

/** The room inside an element. */
export function roomIn(style: Style, basis: Basis, around: Room): Room {
  if (!isClipped(style)) return around;
  const least = (...properties: string[]) =>
    properties.reduce((size, property) => {
      const value = style.get(property);
      const [first] = value ?? [];
      if (keyword(value) !== undefined || first?.type === 'Percentage') return size;
      return Math.min(size, pixels(first, basis) ?? size);
    }, Number.POSITIVE_INFINITY);
  return {
    width: Math.min(around.width, least('width', 'max-width')),
    height: Math.min(around.height, least('height', 'max-height')),
  };
}

/** A box that clips its content and is too small for a letter. */
function hasNoRoom(style: Style, basis: Basis): boolean {
  if (!isClipped(style)) return false;
  const small = Math.max(2, basis.em / 4);
  return ['width', 'height', 'max-width', 'max-height'].some((property) => {
    const value = style.get(property);
    if (value === undefined || keyword(value) !== undefined) return false;
    return (pixels(value[0], basis) ?? 0) <= small;
  });
}

/** Distances, in pixels, from which on text is off the screen. Downwards, one can scroll. */
const far = { back: -100, sideways: screen.width, margin: -200 };

function isFarOff(style: Style, basis: Basis, room: Room): boolean {
  const at = (property: string) => {
    const value = style.get(property);
    if (value === undefined || keyword(value) !== undefined) return 0;
    return pixels(value[0], basis);
  };
  const beyond = (property: string, least: number, most: number) => {
    const length = at(property);
    return length === undefined || length <= least || length >= most;
  };
  const { back, sideways, margin } = far;
  const position = keyword(style.get('position')) ?? 'static';
  if (position !== 'static' && !global.test(position)) {
    if (beyond('left', back, Math.min(sideways, room.width)) || beyond('right', back, sideways)) return true;
    if (beyond('top', back, room.height) || beyond('bottom', back, screen.height)) return true;
    if ((at('z-index') ?? -1) < 0) return true;
  }
  return (
    beyond('margin-left', margin, Math.min(sideways, room.width)) ||
    beyond('margin-right', margin, 2 * sideways) ||
    beyond('margin-top', margin, room.height) ||
    beyond('padding-left', -1, sideways)
  );
}

const global = /^(?:inherit|initial|unset|revert|revert-layer)$/;

const harmlessFilters = /^(?:drop-shadow|grayscale|sepia|saturate|hue-rotate)$/;

function isTransformed(style: Style, basis: Basis): boolean {
  if (!(style.get('transform') ?? []).every((node) => isHarmlessTransform(node, basis))) return true;
  const move = style.get('translate');
  if (move && keyword(move) === undefined && !move.every((node) => isNearby(node, basis))) return true;
  const turn = style.get('rotate');
  if (turn && turn.length > 1) return true;
  return !(style.get('filter') ?? []).every(isHarmlessFilter);
}

function isNearby(node: CssNode, basis: Basis): boolean {
  const length = pixels(node, { em: basis.em, percent: 100 });
  return length !== undefined && Math.abs(length) < 100;
}

function isHarmlessTransform(node: CssNode, basis: Basis): boolean {
  if (node.type === 'Identifier') return true;
  if (node.type !== 'Function') return false;
  const values = node.children.toArray().filter(({ type }) => type !== 'Operator');
  const name = node.name.toLowerCase();
  if (name === 'rotate' || name === 'rotatez') return true;
  if (/^translate(?:[xyz]|3d)?$/.test(name)) return values.every((value) => isNearby(value, basis));
  if (!/^scale(?:[xyz]|3d)?$/.test(name)) return false;
  return values.every((value) => Math.abs(pixels(value, { em: 1, percent: 1 }) ?? 0) >= 0.3);
}

function isHarmlessFilter(node: CssNode): boolean {
  if (node.type === 'Identifier') return true;
  if (node.type !== 'Function') return false;
  const name = node.name.toLowerCase();
  const [first] = node.children.toArray();
  if (harmlessFilters.test(name)) return true;
  const amount = first === undefined ? 1 : pixels(first, { em: 16, percent: 1 });
  if (amount === undefined) return false;
  if (name === 'blur') return amount < 2;
  if (name === 'opacity') return amount >= 0.1;
  return /^(?:brightness|contrast)$/.test(name) && amount >= 0.3 && amount <= 3;
}

/** Shapes cut out of the element, and letters drawn in unusual ways. */
function isMasked(style: Style): boolean {
  const shown = (property: string, words: RegExp) => {
    const value = style.get(property);
    return value === undefined || value.length === 0 || words.test(keyword(value) ?? '-');
  };
  if (!shown('mask', /^(?:none|inherit|initial|unset)$/)) return true;
  if (!shown('mix-blend-mode', /^(?:normal|inherit|initial|unset)$/)) return true;
  if (!shown('clip', /^(?:auto|inherit|initial|unset)$/) && isPlaced(style)) return true;
  if ((style.get('content') ?? []).some(({ type }) => type === 'Url')) return true;
  const path = style.get('clip-path');
  return path !== undefined && !shown('clip-path', /^(?:none|inherit|initial|unset)$/) && !cutsNothing(path);
}

function isPlaced(style: Style): boolean {
  return /^(?:absolute|fixed)$/.test(keyword(style.get('position')) ?? '');
}

/** `inset(0 round 8px)` only rounds the corners. */
function cutsNothing([shape]: Value): boolean {
  if (shape?.type !== 'Function' || shape.name.toLowerCase() !== 'inset') return false;
  const nodes = shape.children.toArray();
  const round = nodes.findIndex((node) => node.type === 'Identifier' && node.name === 'round');
  return nodes
    .slice(0, round < 0 ? undefined : round)
    .every((node) => Math.abs(pixels(node, { em: 16, percent: 100 }) ?? 100) < 3);
}
