import { compile } from 'css-select';
import { parse, type Selector, SelectorType } from 'css-what';
import type { DomNode } from 'html-to-text';

/** One selector of a rule. */
export interface Matcher {
  /** `.class`, `#id`, a tag, or `*`: every element that matches has it. */
  readonly key: string;
  readonly specificity: number;
  /** False if part of the selector cannot be judged. It then matches too much rather than too little. */
  readonly certain: boolean;
  matches(element: DomNode): boolean;
}

/** Pseudo-classes that the matcher judges as a browser does. */
const judged = new Set(
  `not is where has matches any-link link first-child last-child only-child first-of-type last-of-type only-of-type
  nth-child nth-last-child nth-of-type nth-last-of-type root empty lang disabled enabled checked required optional`.split(
    /\s+/,
  ),
);
/** Pseudo-classes of a pointer or keyboard. Mail is read without them. */
const dynamic = new Set(['hover', 'active', 'focus', 'focus-visible', 'focus-within', 'visited', 'target']);
/** Pseudo-elements that contain text of the element. */
const partial = new Set(['first-line', 'first-letter']);

/**
 * Judges a list of selectors, each on its own.
 * @returns matchers. Selectors that match nothing are left out; a list that browsers reject has none.
 */
export function judgeSelectors(list: string): Matcher[] {
  let parsed: Selector[][];
  try {
    parsed = parse(list);
  } catch {
    return [];
  }
  return parsed.flatMap(judgeSelector);
}

function judgeSelector(selector: readonly Selector[]): Matcher[] {
  let certain = true;
  const kept: Selector[] = [];
  for (const part of selector) {
    if (part.type === 'pseudo-element' || (part.type === 'pseudo' && isOldElement(part.name))) {
      if (!partial.has(part.name)) return [];
      certain = false;
    } else if (part.type === 'pseudo' && dynamic.has(part.name)) {
      return [];
    } else if (part.type === 'pseudo' && (!judged.has(part.name) || holdsUnjudged(part))) {
      certain = false;
    } else kept.push(part);
  }
  if (kept.length === 0 || kept.at(-1)?.type === 'descendant')
    kept.push({ type: SelectorType.Universal, namespace: null });
  try {
    const matches = compile<DomNode, DomNode>([kept], options);
    return [{ key: keyOf(kept), specificity: specificityOf(selector), certain, matches }];
  } catch {
    return [];
  }
}

/** Most mail is read without a doctype, or inside another page. Classes are then compared without case. */
const options = { quirksMode: true } as unknown as Parameters<typeof compile<DomNode, DomNode>>[1];

/** Pseudo-elements that may be written with a single colon. */
function isOldElement(name: string): boolean {
  return /^(?:before|after|first-line|first-letter)$/.test(name);
}

/** Whether the arguments of `:not()` and the like hold something that the matcher does not judge as a browser does. */
function holdsUnjudged(part: Selector): boolean {
  if (part.type !== 'pseudo' || !Array.isArray(part.data)) return false;
  return part.data.some((selector) =>
    selector.some(
      (inner) =>
        inner.type === 'pseudo-element' ||
        (inner.type === 'pseudo' && (!judged.has(inner.name) || holdsUnjudged(inner))),
    ),
  );
}

const combinators = new Set(['descendant', 'child', 'sibling', 'adjacent', 'parent', 'column-combinator']);

function keyOf(selector: readonly Selector[]): string {
  let best = '*';
  for (const part of selector) {
    if (combinators.has(part.type)) best = '*';
    else if (part.type === 'attribute' && part.name === 'id' && part.action === 'equals')
      best = `#${part.value.toLowerCase()}`;
    else if (part.type === 'attribute' && part.name === 'class' && part.action === 'element') {
      if (!best.startsWith('#')) best = `.${part.value.toLowerCase()}`;
    } else if (part.type === 'tag' && best === '*') best = part.name.toLowerCase();
  }
  return best;
}

/** https://drafts.csswg.org/selectors/#specificity-rules, as one number. */
function specificityOf(selector: readonly Selector[]): number {
  let total = 0;
  for (const part of selector) {
    if (part.type === 'attribute') total += part.name === 'id' && part.action === 'equals' ? 1e6 : 1e3;
    else if (part.type === 'tag' || part.type === 'pseudo-element') total += 1;
    else if (part.type === 'pseudo' && Array.isArray(part.data)) {
      if (part.name !== 'where') total += Math.max(0, ...part.data.map(specificityOf));
    } else if (part.type === 'pseudo') total += 1e3;
  }
  return total;
}
