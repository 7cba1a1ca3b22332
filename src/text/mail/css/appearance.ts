import type { DomNode } from 'html-to-text';
import type { Style } from './cascade.ts';
import { endless, isClipped, isGone, type Room, roomIn } from './hiding.ts';
import { isImage } from './properties.ts';
import {
  type Basis,
  black,
  blend,
  type Color,
  colorOf,
  isNear,
  keyword,
  pixels,
  type UnknownColor,
  type Value,
  white,
} from './values.ts';

/** How the text of an element looks. Most of it is inherited. */
export interface Appearance {
  readonly visible: boolean;
  readonly fontPixels: number;
  /** Product of zoom and scale. */
  readonly scale: number;
  readonly opacity: number;
  readonly color: Color | UnknownColor;
  /** Overrides the color. */
  readonly fill: Color | UnknownColor | undefined;
  /** The colors that may be behind the text; none if that is unknown. */
  readonly backdrop: readonly Color[];
  readonly isFlat: boolean;
  readonly isClipped: boolean;
  /** What is beyond it is cut off. */
  readonly room: Room;
  readonly isIndented: boolean;
  readonly isSqueezed: boolean;
  readonly isMasked: boolean;
}

export const initial: Appearance = {
  visible: true,
  fontPixels: 16,
  scale: 1,
  opacity: 1,
  color: black,
  fill: undefined,
  backdrop: [white],
  isFlat: false,
  isClipped: false,
  room: endless,
  isIndented: false,
  isSqueezed: false,
  isMasked: false,
};

/** Smaller text cannot be read. */
const minFontPixels = 4;
const minOpacity = 0.1;

/** Whether a reader sees text that looks like this. */
export function isReadable(look: Appearance): boolean {
  const color = look.fill ?? look.color;
  return (
    look.visible &&
    look.fontPixels * look.scale >= minFontPixels &&
    look.opacity * color.alpha >= minOpacity &&
    !(look.isFlat && look.isClipped) &&
    !look.isIndented &&
    !look.isSqueezed &&
    !look.isMasked &&
    !isLost(color, look.backdrop)
  );
}

/** Whether a color is close to everything that may be behind it. */
function isLost(color: Color | UnknownColor, backdrop: readonly Color[]): boolean {
  if (color.rgb === undefined || backdrop.length === 0) return false;
  return backdrop.every((below) => isNear(blend(color, below), below));
}

/**
 * The appearance of an element inside another.
 * @returns undefined if nothing in it is shown.
 */
export function appearanceOf(element: DomNode, style: Style, around: Appearance): Appearance | undefined {
  const fontPixels = fontSize(style.get('font-size'), around.fontPixels);
  const basis = { em: fontPixels, percent: 600 };
  if (isGone(element, style, basis, around.room)) return undefined;
  const visibility = keyword(style.get('visibility'));
  const color = inheritedColor(style.get('color'), around.color) ?? linkColor(element) ?? around.color;
  const backdrop = backdropOf(style, color, around.backdrop);
  const fill = inheritedColor(style.get('-webkit-text-fill-color'), around.fill ?? color) ?? around.fill;
  const showsThrough = keyword(style.get('background-clip')) === 'text' && hasImage(style);
  const indent = style.get('text-indent');
  const spacing = style.get('letter-spacing');
  const security = style.get('-webkit-text-security');
  return {
    visible:
      visibility === undefined || /^(?:inherit|unset)$/.test(visibility) ? around.visible : shows(visibility),
    fontPixels,
    scale: around.scale * factor(style.get('zoom')) * factor(style.get('scale')),
    opacity: around.opacity * factor(style.get('opacity')),
    // The picture behind shows through the letters.
    color: showsThrough ? { alpha: 1 } : color,
    fill: showsThrough ? undefined : fill,
    backdrop,
    isFlat: flat(style.get('line-height'), basis, around.isFlat),
    isClipped: around.isClipped || isClipped(style),
    room: roomIn(style, basis, around.room),
    isIndented: indent ? isFarIndent(indent, basis) : around.isIndented,
    isSqueezed: spacing ? (lengthOrZero(spacing, basis) ?? -Infinity) < -0.5 * fontPixels : around.isSqueezed,
    isMasked: security ? keyword(security) !== 'none' : around.isMasked,
  };
}

const shows = (visibility: string) => visibility !== 'hidden' && visibility !== 'collapse';

const namedSizes: Readonly<Record<string, number>> = {
  'xx-small': 9,
  'x-small': 10,
  small: 13,
  medium: 16,
  large: 18,
  'x-large': 24,
  'xx-large': 32,
  'xxx-large': 48,
  initial: 16,
};

/** @returns 0 if it cannot be judged. */
function fontSize(value: Value | undefined, around: number): number {
  if (value === undefined) return around;
  const word = keyword(value);
  if (word === undefined) return pixels(value[0], { em: around, percent: around }) ?? 0;
  if (word === 'smaller') return around / 1.2;
  if (word === 'larger') return around * 1.2;
  return namedSizes[word] ?? around;
}

/** A number or a percentage. A keyword is 1; what cannot be judged is 0. */
function factor(value: Value | undefined): number {
  if (value === undefined || keyword(value) !== undefined) return 1;
  const numbers = value.map((node) => pixels(node, { em: 1, percent: 1 }));
  return numbers.reduce<number>((least, one) => Math.min(least, one ?? 0), Number.POSITIVE_INFINITY);
}

function lengthOrZero(value: Value, basis: Basis): number | undefined {
  return keyword(value) === undefined ? pixels(value[0], basis) : 0;
}

/** Lines without height. They show only where nothing is clipped. */
function flat(value: Value | undefined, basis: Basis, around: boolean): boolean {
  if (value === undefined) return around;
  const [first] = value;
  if (keyword(value) !== undefined) return false;
  const lines =
    first?.type === 'Number'
      ? Number(first.value) * basis.em
      : pixels(first, { ...basis, percent: basis.em });
  return (lines ?? 0) < 0.25 * basis.em;
}

function isFarIndent(value: Value, basis: Basis): boolean {
  const [first] = value;
  if (keyword(value) !== undefined) return false;
  const indent = pixels(first, basis);
  return indent === undefined || indent <= -100 || indent >= basis.percent;
}

/** @returns undefined if the color is inherited. */
function inheritedColor(
  value: Value | undefined,
  around: Color | UnknownColor,
): Color | UnknownColor | undefined {
  const word = keyword(value);
  if (word === 'initial') return black;
  if (word === 'inherit' || word === 'currentcolor') return around;
  return value && colorOf(value[0]);
}

/** Browsers show links in blue. */
function linkColor(element: DomNode): Color | undefined {
  return element.name === 'a' && element.attribs?.href !== undefined
    ? { rgb: [0, 0, 238], alpha: 1 }
    : undefined;
}

const hasImage = (style: Style) => (style.get('background-image') ?? []).some(isImage);

function backdropOf(style: Style, color: Color | UnknownColor, around: readonly Color[]): readonly Color[] {
  const declared = style.get('background-color');
  const own = keyword(declared) === 'currentcolor' ? color : declared && colorOf(declared[0]);
  let below = around;
  if (own && own.alpha > 0) {
    if (own.rgb === undefined) below = [];
    else below = own.alpha >= 1 ? [own] : around.map((one) => blend(own, one));
  }
  const images = (style.get('background-image') ?? []).filter(isImage);
  if (images.length === 0) return below;
  const stops = images.flatMap((image) =>
    image.type === 'Function' ? image.children.toArray().map(colorOf) : [undefined],
  );
  const known = stops.filter((stop): stop is Color => stop?.rgb !== undefined && stop.alpha >= 1);
  // A picture may be of any color; a gradient has the colors of its stops.
  return images.every((image) => image.type === 'Function') ? known : [];
}
