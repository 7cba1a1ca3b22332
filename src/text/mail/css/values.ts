import colorNames from 'color-name';
import type { CssNode } from 'css-tree';
import parse from 'css-tree/parser';

/** A parsed CSS value. */
export type Value = readonly CssNode[];

const none: Value = [];
const parsed = new Map<string, Value>();
const maxParsed = 5000;

/** Parses a value. @returns no nodes if it is malformed. */
export function parseValue(text: string): Value {
  const known = parsed.get(text);
  if (known) return known;
  let value = none;
  const node = parse(text, { context: 'value', onParseError: () => {} });
  if (node.type === 'Value') value = node.children.toArray();
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, value);
  return value;
}

/** The keyword of a value that is a single keyword, in lower case. */
export function keyword(value: Value | undefined): string | undefined {
  const [only, ...others] = value ?? [];
  return only?.type === 'Identifier' && others.length === 0 ? only.name.toLowerCase() : undefined;
}

/** What relative lengths refer to, in pixels. */
export interface Basis {
  readonly em: number;
  /** The length that is 100 %. */
  readonly percent: number;
}

/** The screen that mail is judged on, in pixels. */
export const screen = { width: 1024, height: 768 };

const unitPixels: Readonly<Record<string, number>> = {
  px: 1,
  pt: 4 / 3,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
  rem: 16,
  vw: screen.width / 100,
  vi: screen.width / 100,
  vh: screen.height / 100,
  vb: screen.height / 100,
  vmin: screen.height / 100,
  vmax: screen.width / 100,
};
const unitEms: Readonly<Record<string, number>> = { em: 1, ex: 0.5, ch: 0.5, cap: 0.7, ic: 1, lh: 1.2 };

/**
 * A length in pixels. A number without a unit counts as pixels, as in the quirks mode of browsers.
 * @returns undefined if it cannot be judged.
 */
export function pixels(node: CssNode | undefined, basis: Basis): number | undefined {
  switch (node?.type) {
    case 'Number':
      return Number(node.value);
    case 'Percentage':
      return (Number(node.value) / 100) * basis.percent;
    case 'Dimension': {
      const unit = node.unit.toLowerCase();
      const factor = unitPixels[unit] ?? unitPixels[unit.replace(/^[sld](?=v)/, '')];
      const ems = unitEms[unit];
      if (factor !== undefined) return Number(node.value) * factor;
      return ems === undefined ? undefined : Number(node.value) * ems * basis.em;
    }
    case 'Parentheses':
      return sum(node.children.toArray(), basis);
    case 'Function':
      return functionPixels(node.name.toLowerCase(), node.children.toArray(), basis);
    default:
      return undefined;
  }
}

function functionPixels(name: string, children: Value, basis: Basis): number | undefined {
  const results = splitAt(children, ',').map((part) => sum(part, basis));
  const numbers = results.filter((one) => one !== undefined);
  const [first, second, third] = numbers;
  if (first === undefined || numbers.length < results.length) return undefined;
  if (name === 'calc' || name === '-webkit-calc') return first;
  if (name === 'min') return Math.min(...numbers);
  if (name === 'max') return Math.max(...numbers);
  if (name !== 'clamp' || second === undefined || third === undefined) return undefined;
  return Math.max(first, Math.min(second, third));
}

/** A sum of products, as inside `calc()`. */
function sum(nodes: Value, basis: Basis): number | undefined {
  let total = 0;
  let product: number | undefined;
  let sign = 1;
  let operator = '*';
  for (const node of nodes) {
    if (node.type === 'Operator') {
      operator = node.value.trim();
      if (operator !== '+' && operator !== '-') continue;
      total += sign * (product ?? 0);
      product = undefined;
      sign = operator === '-' ? -1 : 1;
      continue;
    }
    const next = pixels(node, basis);
    if (next === undefined) return undefined;
    if (product === undefined) product = next;
    else product = operator === '/' ? product / next : product * next;
  }
  return product === undefined ? undefined : total + sign * product;
}

/** Splits a list at an operator. */
export function splitAt(nodes: Value, separator: ',' | '/'): Value[] {
  const parts: CssNode[][] = [[]];
  for (const node of nodes) {
    if (node.type === 'Operator' && node.value.trim() === separator) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts;
}

/** Red, green and blue from 0 to 255, and opacity from 0 to 1. */
export interface Color {
  readonly rgb: readonly [number, number, number];
  readonly alpha: number;
}

/** A color of which only the opacity is known. */
export interface UnknownColor {
  readonly rgb?: never;
  readonly alpha: number;
}

export const black: Color = { rgb: [0, 0, 0], alpha: 1 };
export const white: Color = { rgb: [255, 255, 255], alpha: 1 };
const transparent: Color = { rgb: [0, 0, 0], alpha: 0 };

const systemColors: Readonly<Record<string, Color>> = {
  canvas: white,
  window: white,
  field: white,
  canvastext: black,
  windowtext: black,
  fieldtext: black,
  buttontext: black,
  transparent,
};

/** @returns undefined if the node is no color. */
export function colorOf(node: CssNode | undefined): Color | UnknownColor | undefined {
  if (node?.type === 'Hash') return hexColor(node.value);
  if (node?.type === 'Identifier') {
    const name = node.name.toLowerCase();
    const rgb = Object.hasOwn(colorNames, name) ? colorNames[name] : undefined;
    return rgb ? { rgb, alpha: 1 } : systemColors[name];
  }
  return node?.type === 'Function'
    ? functionColor(node.name.toLowerCase(), node.children.toArray())
    : undefined;
}

function hexColor(digits: string): Color | undefined {
  if (!/^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(digits)) return undefined;
  const long = digits.length < 6 ? digits.replace(/./g, '$&$&') : digits;
  const at = (index: number) => Number.parseInt(long.slice(index * 2, index * 2 + 2), 16);
  return { rgb: [at(0), at(1), at(2)], alpha: long.length === 8 ? at(3) / 255 : 1 };
}

function functionColor(name: string, nodes: Value): Color | UnknownColor {
  const values = nodes.filter(({ type }) => type !== 'Operator');
  const [a, b, c, opacity] = values;
  if (name === 'light-dark') return colorOf(splitAt(nodes, ',')[0]?.[0]) ?? { alpha: 1 };
  const alpha = opacity === undefined ? 1 : (pixels(opacity, { em: 16, percent: 1 }) ?? 1);
  const channel = (node: CssNode | undefined, percent: number) => pixels(node, { em: 16, percent });
  if (/^rgba?$/.test(name)) {
    const rgb = [channel(a, 255), channel(b, 255), channel(c, 255)] as const;
    if (rgb.every((one) => one !== undefined)) return { rgb: rgb as Color['rgb'], alpha };
  }
  if (/^hsla?$/.test(name)) {
    const hue = a?.type === 'Dimension' ? Number(a.value) : channel(a, 360);
    const [saturation, lightness] = [channel(b, 100), channel(c, 100)];
    if (hue !== undefined && saturation !== undefined && lightness !== undefined)
      return { rgb: fromHsl(hue, saturation / 100, lightness / 100), alpha };
  }
  // Of other color spaces only white and black are converted: they are what hides text.
  const lightness = channel(a, 1);
  const scale = /^(?:ok)?l(?:ab|ch)$/.test(name) ? (name.startsWith('ok') ? 1 : 100) : undefined;
  if (scale !== undefined && lightness !== undefined) {
    const share = a?.type === 'Percentage' ? lightness : lightness / scale;
    if (share >= 0.99) return { rgb: white.rgb, alpha };
    if (share <= 0.01) return { rgb: black.rgb, alpha };
  }
  // color(srgb r g b / alpha): the space comes first.
  const last = name === 'color' ? splitAt(nodes, '/')[1]?.[0] : undefined;
  return { alpha: last === undefined ? alpha : (pixels(last, { em: 16, percent: 1 }) ?? 1) };
}

/** https://drafts.csswg.org/css-color-4/#hsl-to-rgb */
function fromHsl(hue: number, saturation: number, lightness: number): Color['rgb'] {
  const channel = (n: number) => {
    const k = (((n + hue / 30) % 12) + 12) % 12;
    const range = saturation * Math.min(lightness, 1 - lightness);
    return 255 * (lightness - range * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** `over` drawn on an opaque color. */
export function blend({ rgb, alpha }: Color, below: Color): Color {
  const mix = (index: 0 | 1 | 2) => rgb[index] * alpha + below.rgb[index] * (1 - alpha);
  return { rgb: [mix(0), mix(1), mix(2)], alpha: 1 };
}

/** Whether two opaque colors differ too little to read one on the other. #eee on white still counts as visible. */
export function isNear(one: Color, other: Color): boolean {
  return one.rgb.every((value, index) => Math.abs(value - (other.rgb[index] ?? 0)) <= 16);
}
