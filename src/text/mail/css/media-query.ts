import type { CssNode } from 'css-tree';
import parse from 'css-tree/parser';
import { pixels, screen } from './values.ts';

/** Whether a condition holds for the reader of the mail. */
export type Verdict = 'yes' | 'no' | 'unknown';

/**
 * Judges a media query for a desktop screen with a light color scheme. Widths are judged for the range of such screens:
 * `min-width: 600px` holds, `max-width: 600px` does not, `min-width: 1200px` is unknown. What depends on other features is
 * unknown.
 */
export function judgeMedia(query: string): Verdict {
  if (query.trim() === '') return 'yes';
  const list = parse(query, { context: 'mediaQueryList', onParseError: () => {} });
  if (list.type !== 'MediaQueryList') return 'unknown';
  return any(list.children.toArray().map(judgeQuery));
}

const widths = { least: screen.width, most: 2560 };
const heights = { least: 400, most: 1600 };

const opposite: Readonly<Record<Verdict, Verdict>> = { yes: 'no', no: 'yes', unknown: 'unknown' };

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

function any(verdicts: readonly Verdict[]): Verdict {
  return opposite[all(verdicts.map((one) => opposite[one]))];
}

function judgeQuery(query: CssNode): Verdict {
  if (query.type !== 'MediaQuery') return 'unknown';
  const { modifier, mediaType, condition } = query as {
    modifier: string | null;
    mediaType: string | null;
    condition: CssNode | null;
  };
  const type = mediaType?.toLowerCase() ?? 'all';
  const verdict = all([
    type === 'all' || type === 'screen' ? 'yes' : 'no',
    condition ? judgeCondition(condition) : 'yes',
  ]);
  return modifier?.toLowerCase() === 'not' ? opposite[verdict] : verdict;
}

function judgeCondition(node: CssNode): Verdict {
  if (node.type === 'Condition') {
    const parts = (node as unknown as { children: { toArray(): CssNode[] } }).children.toArray();
    const words = parts.flatMap((part) => (part.type === 'Identifier' ? [part.name.toLowerCase()] : []));
    const verdicts = parts.filter(({ type }) => type !== 'Identifier').map(judgeCondition);
    if (words[0] === 'not') return opposite[all(verdicts)];
    return words.includes('or') ? any(verdicts) : all(verdicts);
  }
  if (node.type === 'Feature') return judgeFeature(node as unknown as Feature);
  if (node.type === 'FeatureRange') return judgeRange(node as unknown as Range);
  return 'unknown';
}

interface Feature {
  readonly name: string;
  readonly value: CssNode | null;
}

interface Range {
  readonly left: CssNode;
  readonly leftComparison: string;
  readonly middle: CssNode;
  readonly rightComparison?: string | null;
  readonly right?: CssNode | null;
}

function judgeFeature({ name, value }: Feature): Verdict {
  const [, bound, dimension = ''] = /^(?:(min|max)-)?(?:device-)?(.*)$/.exec(name.toLowerCase()) ?? [];
  const word = value?.type === 'Identifier' ? value.name.toLowerCase() : undefined;
  if (dimension === 'prefers-color-scheme') return word === 'light' ? 'yes' : 'no';
  // Only with the pixel ratio 0 does a query hold everywhere; it selects WebKit.
  if (name.toLowerCase() === '-webkit-min-device-pixel-ratio')
    return value?.type === 'Number' && Number(value.value) <= 1 ? 'yes' : 'unknown';
  if (dimension !== 'width' && dimension !== 'height') return 'unknown';
  if (value === null) return 'yes';
  return compare(dimension, bound === 'min' ? '>=' : bound === 'max' ? '<=' : '=', value);
}

/** `600px <= width < 900px`. */
function judgeRange({ left, leftComparison, middle, rightComparison, right }: Range): Verdict {
  const parts: Verdict[] = [];
  const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };
  if (left.type === 'Identifier') parts.push(compare(left.name.toLowerCase(), leftComparison, middle));
  if (middle.type === 'Identifier') {
    parts.push(compare(middle.name.toLowerCase(), mirrored[leftComparison] ?? '', left));
    if (rightComparison && right) parts.push(compare(middle.name.toLowerCase(), rightComparison, right));
  }
  return parts.length === 0 ? 'unknown' : all(parts);
}

function compare(dimension: string, comparison: string, value: CssNode): Verdict {
  const length = pixels(value, { em: 16, percent: 0 });
  if (length === undefined || (dimension !== 'width' && dimension !== 'height')) return 'unknown';
  const { least, most } = dimension === 'width' ? widths : heights;
  if (comparison.startsWith('>')) return least >= length ? 'yes' : most < length ? 'no' : 'unknown';
  if (comparison.startsWith('<')) return most <= length ? 'yes' : least > length ? 'no' : 'unknown';
  return length < least || length > most ? 'no' : 'unknown';
}
