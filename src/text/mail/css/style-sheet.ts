import type { CssNode, Rule as RuleNode } from 'css-tree';
import parse from 'css-tree/parser';
import { judgeMedia, type Verdict } from './media-query.ts';
import { judgeSelectors, type Matcher } from './selector.ts';

/** A declaration as written: `value` has lower-case keywords only where the author wrote them so. */
export interface Declaration {
  readonly property: string;
  readonly value: string;
  readonly important: boolean;
}

export interface Rule {
  readonly matcher: Matcher;
  /** Position in the mail. */
  readonly order: number;
  /** False if it is unknown whether the rule applies to what the selector matches. */
  readonly certain: boolean;
  readonly declarations: readonly Declaration[];
}

export interface StyleSheets {
  readonly rules: readonly Rule[];
  /** What each animation ends with. */
  readonly animations: ReadonlyMap<string, readonly Declaration[]>;
}

/** Longer sheets are not read. A mail program cuts off the mail before that. */
const maxCssCharacters = 250_000;
const maxRules = 5000;

/** A sheet that is loaded from somewhere. Mail programs do not load it, but some accept one inside the mail. */
const importedData = /@import[^;]*data:/i;

/** A mail that would take too long to read, or whose styles cannot be known. */
export class TooComplexError extends Error {
  override readonly name = 'TooComplexError';
}

const structure = {
  context: 'stylesheet',
  parseValue: false,
  parseRulePrelude: false,
  parseAtrulePrelude: false,
  onParseError: () => {},
} as const;

/**
 * Reads the style sheets of a mail. Keeps only declarations of the given properties.
 * @param sheets the text and `media` attribute of each.
 * @throws TooComplexError
 */
export function readStyleSheets(
  sheets: readonly { css: string; media: string }[],
  isRelevant: (property: string) => boolean,
): StyleSheets {
  const rules: Rule[] = [];
  const animations = new Map<string, readonly Declaration[]>();
  if (sheets.reduce((sum, { css }) => sum + css.length, 0) > maxCssCharacters) throw new TooComplexError();
  if (sheets.some(({ css }) => importedData.test(css))) throw new TooComplexError();

  const readAll = (nodes: Iterable<CssNode>, verdict: Verdict, parents: string) => {
    for (const node of nodes) {
      if (node.type === 'Rule') readRule(node, verdict, parents);
      else if (node.type === 'Atrule' && node.block) readAtRule(node, verdict, parents);
      // The parser does not read a nested rule whose selector begins without `&`.
      else if (node.type === 'Raw' && parents !== '' && node.value.includes('{')) {
        readAll(childrenOf(parse(node.value, structure)), verdict, parents);
      }
    }
  };
  const readRule = ({ prelude, block }: RuleNode, verdict: Verdict, parents: string) => {
    const own = prelude.type === 'Raw' ? prelude.value : '';
    const selectors = parents === '' ? own : nestedIn(parents, own);
    readDeclarations(block.children, selectors, verdict);
    if (hasNested(block.children)) readAll(block.children, verdict, selectors);
  };
  const readDeclarations = (nodes: Iterable<CssNode>, selectors: string, verdict: Verdict) => {
    const declarations = declarationsIn(nodes).filter(({ property }) => isRelevant(property));
    if (declarations.length === 0 || verdict === 'no') return;
    for (const matcher of judgeSelectors(selectors)) {
      if (rules.length >= maxRules) throw new TooComplexError();
      const certain = verdict === 'yes' && matcher.certain;
      rules.push({ matcher, order: rules.length, certain, declarations });
    }
  };
  const readAtRule = (node: CssNode & { type: 'Atrule' }, verdict: Verdict, parents: string) => {
    const name = node.name.toLowerCase();
    const prelude = node.prelude?.type === 'Raw' ? node.prelude.value : '';
    const children = node.block?.children ?? [];
    if (/keyframes$/.test(name)) {
      const last = [...children]
        .filter((frame): frame is RuleNode => frame.type === 'Rule')
        .filter(isLastFrame);
      const end = last.flatMap(({ block }) => declarationsIn(block.children));
      animations.set(prelude.trim().replace(/^["']|["']$/g, ''), end);
      return;
    }
    const inside = both(verdict, name === 'media' ? judgeMedia(prelude) : judgeCondition(name));
    if (inside === 'no') return;
    if (parents !== '') readDeclarations(children, parents, inside);
    readAll(children, inside, parents);
  };

  for (const { css, media } of sheets) {
    readAll(childrenOf(parse(css, structure)), judgeMedia(media), '');
  }
  return { rules, animations };
}

/** Conditions other than media queries depend on the mail program. */
function judgeCondition(name: string): Verdict {
  return /^(?:supports|layer|container|scope|starting-style|document|-moz-document)$/.test(name)
    ? 'unknown'
    : 'no';
}

function both(one: Verdict, other: Verdict): Verdict {
  if (one === 'no' || other === 'no') return 'no';
  return one === 'unknown' ? one : other;
}

const isLastFrame = ({ prelude }: RuleNode) =>
  prelude.type === 'Raw' && /(?:^|,)\s*(?:to|100%)\s*(?:,|$)/i.test(prelude.value);

/** https://drafts.csswg.org/css-nesting/#nest-selector */
function nestedIn(parents: string, own: string): string {
  if (parents.length + own.length > 2000) throw new TooComplexError();
  const parent = `:is(${parents})`;
  return own.includes('&') ? own.replaceAll('&', parent) : `${parent} :is(${own})`;
}

function hasNested(nodes: Iterable<CssNode>): boolean {
  return [...nodes].some(
    (node) =>
      node.type === 'Rule' || node.type === 'Atrule' || (node.type === 'Raw' && node.value.includes('{')),
  );
}

function childrenOf(node: CssNode): Iterable<CssNode> {
  return node.type === 'StyleSheet' ? node.children : [];
}

function declarationsIn(nodes: Iterable<CssNode>): Declaration[] {
  const found: Declaration[] = [];
  for (const node of nodes) {
    if (node.type !== 'Declaration' || node.value.type !== 'Raw') continue;
    // Browsers reject any other word than `!important`.
    if (typeof node.important === 'string' && node.important.toLowerCase() !== 'important') continue;
    const name = decodeEscapes(node.property);
    const property = name.startsWith('--') ? name : name.toLowerCase();
    found.push({
      property,
      value: decodeEscapes(node.value.value.trim()),
      important: node.important !== false,
    });
  }
  return found;
}

/** `\6e` is `n`. https://drafts.csswg.org/css-syntax/#consume-escaped-code-point */
function decodeEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:([\da-f]{1,6})\s?|(.))/gi, (_, hex?: string, plain = '') =>
    hex ? String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)) : plain,
  );
}

const inline = new Map<string, readonly Declaration[]>();
const maxInline = 2000;
const maxInlineCharacters = 10_000;

/** The declarations of a `style` attribute. */
export function readStyleAttribute(style: string): readonly Declaration[] {
  const known = inline.get(style);
  if (known) return known;
  if (style.length > maxInlineCharacters) throw new TooComplexError();
  const list = parse(style, { context: 'declarationList', parseValue: false, onParseError: () => {} });
  const declarations = list.type === 'DeclarationList' ? declarationsIn(list.children) : [];
  if (inline.size >= maxInline) inline.clear();
  inline.set(style, declarations);
  return declarations;
}
