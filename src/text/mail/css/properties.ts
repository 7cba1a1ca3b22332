import type { CssNode } from 'css-tree';
import { colorOf, keyword, splitAt, type Value } from './values.ts';

/** Other spellings of the properties that can hide text. The inline direction is taken for left to right. */
const aliases: Readonly<Record<string, string>> = {
  '-webkit-filter': 'filter',
  '-webkit-clip-path': 'clip-path',
  '-webkit-mask': 'mask',
  '-webkit-mask-image': 'mask',
  '-webkit-mask-box-image': 'mask',
  'mask-image': 'mask',
  'mask-border': 'mask',
  '-webkit-transform': 'transform',
  '-webkit-opacity': 'opacity',
  '-webkit-background-clip': 'background-clip',
  '-webkit-animation': 'animation',
  '-webkit-animation-name': 'animation',
  'animation-name': 'animation',
  'inset-inline-start': 'left',
  'inset-inline-end': 'right',
  'inset-block-start': 'top',
  'inset-block-end': 'bottom',
  'margin-inline-start': 'margin-left',
  'margin-inline-end': 'margin-right',
  'margin-block-start': 'margin-top',
  'margin-block-end': 'margin-bottom',
  'padding-inline-start': 'padding-left',
  'inline-size': 'width',
  'block-size': 'height',
  'max-inline-size': 'max-width',
  'max-block-size': 'max-height',
  'overflow-inline': 'overflow-x',
  'overflow-block': 'overflow-y',
  'text-decoration-line': 'text-decoration',
};

const sides = ['top', 'right', 'bottom', 'left'] as const;
/** Shorthands of four sides, and of two along an axis. */
const boxes: Readonly<Record<string, readonly string[]>> = {
  inset: sides,
  'inset-inline': ['left', 'right'],
  'inset-block': ['top', 'bottom'],
  margin: sides.map((side) => `margin-${side}`),
  'margin-inline': ['margin-left', 'margin-right'],
  'margin-block': ['margin-top', 'margin-bottom'],
  padding: sides.map((side) => `padding-${side}`),
  overflow: ['overflow-x', 'overflow-y'],
};

const keywords: Readonly<Record<string, RegExp>> = {
  display:
    /^(?:none|contents|block|inline|inline-block|flow-root|run-in|list-item|(?:inline-)?(?:flex|grid|table)|-webkit-(?:inline-)?(?:box|flex)|table-.*|ruby.*|math|flow)$/,
  visibility: /^(?:visible|hidden|collapse)$/,
  position: /^(?:static|relative|absolute|fixed|(?:-webkit-)?sticky)$/,
  'overflow-x': /^(?:visible|hidden|clip|scroll|auto|overlay)$/,
  'overflow-y': /^(?:visible|hidden|clip|scroll|auto|overlay)$/,
  'content-visibility': /^(?:visible|hidden|auto)$/,
  'font-size': /^(?:(?:xx?-|xxx-)?(?:small|large)|medium|smaller|larger|math)$/,
  'line-height': /^normal$/,
  'letter-spacing': /^normal$/,
  zoom: /^(?:normal|reset)$/,
  opacity: /^\b\B$/,
  'text-indent': /^\b\B$/,
};
const lengths =
  /^(?:font-size|line-height|letter-spacing|zoom|opacity|text-indent|left|right|top|bottom|margin-.*|padding-.*|width|height|max-width|max-height)$/;
const colors = /^(?:color|background-color|-webkit-text-fill-color)$/;
/** Keywords of sizes and offsets. */
const sizes =
  /^(?:auto|none|(?:-webkit-|-moz-)?(?:min-content|max-content|fit-content|fill-available)|stretch)$/;
const others =
  /^(?:filter|clip|clip-path|mask|transform|scale|translate|rotate|mix-blend-mode|z-index|text-decoration|-webkit-text-security|animation|mso-hide|content|background|background-image|background-clip|font|mask-.*)$/;

/** Keywords that every property takes. */
const global = /^(?:inherit|initial|unset|revert|revert-layer)$/;

/** Whether a declaration of the property can hide text, or show it again. */
export function isRelevant(property: string): boolean {
  const name = aliases[property] ?? property;
  return (
    name.startsWith('--') ||
    name in boxes ||
    name in keywords ||
    lengths.test(name) ||
    colors.test(name) ||
    others.test(name)
  );
}

/**
 * The longhands of a declaration. Browsers ignore a value that they do not understand, so such a declaration has none.
 * A value that may be valid is kept.
 */
export function longhands(property: string, value: Value): [string, Value][] {
  const name = aliases[property] ?? property;
  if (value.length === 0) return [];
  const word = keyword(value);
  if (name in boxes) return boxSides(boxes[name] as readonly string[], value);
  if (name === 'font') return fontParts(value, word);
  if (name === 'background') return backgroundParts(value);
  return isValid(name, value, word) ? [[name, value]] : [];
}

function isValid(name: string, value: Value, word: string | undefined): boolean {
  if (word !== undefined && global.test(word)) return true;
  // Two keywords, such as `inline flow`.
  if (name === 'display' && value.length > 1) return value.every(({ type }) => type === 'Identifier');
  const [first] = value;
  if (colors.test(name)) return word === 'currentcolor' || colorOf(first) !== undefined;
  if (word !== undefined && name in keywords) return keywords[name]?.test(word) === true;
  if (word !== undefined && lengths.test(name)) return sizes.test(word);
  if (lengths.test(name)) return isLength(first);
  return true;
}

function isLength(node: CssNode | undefined): boolean {
  return node !== undefined && /^(?:Number|Dimension|Percentage|Function)$/.test(node.type);
}

/** One to four values: top, right, bottom, left. */
function boxSides(names: readonly string[], value: Value): [string, Value][] {
  const [a, b = a, c = a, d = b] = value;
  const nodes = names.length === 2 ? [a, b] : [a, b, c, d];
  const all = names.flatMap((name, at) => longhands(name, nodes[at] ? [nodes[at]] : []));
  return all.length === names.length ? all : [];
}

/** The size comes before a slash or the families; `font: menu` and the like are of normal size. */
function fontParts(value: Value, word: string | undefined): [string, Value][] {
  if (word !== undefined) return global.test(word) ? [['font-size', value]] : [];
  const [before = [], after] = splitAt(value, '/');
  const isSize = (node: CssNode) =>
    node.type === 'Identifier'
      ? (keywords['font-size'] as RegExp).test(node.name.toLowerCase())
      : isLength(node);
  // A weight such as 400 comes before the size. Zero is no weight.
  const size = before.findLast(
    (node) => isSize(node) && !(node.type === 'Number' && Number(node.value) >= 100),
  );
  if (size === undefined) return [];
  const height = after?.[0];
  return [
    ['font-size', [size]],
    ['line-height', height ? [height] : [{ type: 'Identifier', name: 'normal' }]],
  ];
}

function backgroundParts(value: Value): [string, Value][] {
  const color = value.find((node) => colorOf(node) !== undefined && !isImage(node));
  const clip = value.some((node) => node.type === 'Identifier' && node.name.toLowerCase() === 'text');
  return [
    ['background-color', color ? [color] : [{ type: 'Identifier', name: 'transparent' }]],
    ['background-image', value.filter(isImage)],
    ['background-clip', clip ? [{ type: 'Identifier', name: 'text' }] : []],
  ];
}

/** A picture or a gradient. */
export function isImage(node: CssNode): boolean {
  return (
    node.type === 'Url' ||
    (node.type === 'Function' && /gradient|image|cross-fade|paint|element/i.test(node.name))
  );
}
