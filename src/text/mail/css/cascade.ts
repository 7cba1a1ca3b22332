import type { DomNode } from 'html-to-text';
import { isRelevant, longhands } from './properties.ts';
import { type Declaration, type Rule, readStyleAttribute, readStyleSheets } from './style-sheet.ts';
import { parseValue, type Value } from './values.ts';

/** The declared values of an element, and its custom properties with those of its ancestors. */
export interface Style {
  get(property: string): Value | undefined;
  readonly variables: Variables;
}

export type Variables = ReadonlyMap<string, string>;
export const noVariables: Variables = new Map();

interface Declared extends Declaration {
  readonly rank: number;
}

/** Ranks above any specificity. */
const rank = { hint: -1, inline: 1e12, animation: 1e13, important: 1e14 };

/** More classes do nothing that a mail needs. */
const maxClasses = 200;

/** The style sheets of a mail, ready to be asked for the style of its elements. */
export class Cascade {
  /** Whether it is unknown of some rules whether they apply. */
  readonly isUncertain: boolean;
  readonly #rules = new Map<string, Rule[]>();
  readonly #animations: ReadonlyMap<string, readonly Declaration[]>;

  /** @throws TooComplexError */
  constructor(sheets: readonly { css: string; media: string }[]) {
    const { rules, animations } = readStyleSheets(sheets, isRelevant);
    this.#animations = animations;
    this.isUncertain = animations.size > 0 || rules.some(({ certain }) => !certain);
    for (const rule of rules) {
      const { key } = rule.matcher;
      const sameKey = this.#rules.get(key);
      if (sameKey) sameKey.push(rule);
      else this.#rules.set(key, [rule]);
    }
  }

  /** The rules that match an element. */
  rulesOf(element: DomNode): Rule[] {
    if (this.#rules.size === 0) return [];
    const { class: classes = '', id } = (element.attribs ?? {}) as Record<string, string>;
    const names = new Set(classes.toLowerCase().split(/\s+/, maxClasses));
    const keys = ['*', element.name ?? '', ...[...names].map((name) => `.${name}`)];
    if (id) keys.push(`#${id.toLowerCase()}`);
    return keys
      .flatMap((key) => this.#rules.get(key) ?? [])
      .filter(({ matcher }) => matcher.matches(element));
  }

  /**
   * The style of an element.
   * @param everything whether rules apply of which that is unknown.
   */
  styleOf(element: DomNode, rules: readonly Rule[], inherited: Variables, everything: boolean): Style {
    const declared: Declared[] = presentational(element).map((one) => ({ ...one, rank: rank.hint }));
    const applied = rules
      .filter(({ certain }) => certain || everything)
      .sort((a, b) => a.matcher.specificity - b.matcher.specificity || a.order - b.order);
    for (const { declarations, matcher } of applied) add(declarations, matcher.specificity);
    const { style } = (element.attribs ?? {}) as Record<string, string>;
    if (style) add(readStyleAttribute(style), rank.inline);
    if (everything && this.#animations.size > 0) {
      for (const word of declared
        .filter(({ property }) => /animation/.test(property))
        .map(({ value }) => value)) {
        for (const name of word.split(/[\s,]+/)) add(this.#animations.get(name) ?? [], rank.animation);
      }
    }
    return resolve(declared, inherited);

    function add(declarations: readonly Declaration[], at: number) {
      for (const one of declarations) {
        declared.push({ ...one, rank: one.important ? rank.important + at : at });
      }
    }
  }
}

/** Declarations of equal rank are in order. */
function resolve(declared: readonly Declared[], inherited: Variables): Style {
  const sorted = declared.some(({ important }) => important)
    ? declared.toSorted((a, b) => a.rank - b.rank)
    : declared;
  let variables = inherited;
  for (const { property, value } of sorted) {
    if (property.startsWith('--')) variables = new Map([...variables, [property, value]]);
  }
  const values = new Map<string, Value>();
  for (const { property, value } of sorted) {
    if (property.startsWith('--')) continue;
    const text = value.includes('var(') ? substitute(value, variables) : value;
    if (text === undefined) values.delete(property);
    else for (const [name, nodes] of longhands(property, parseValue(text))) values.set(name, nodes);
  }
  return { get: (property) => values.get(property), variables };
}

const maxSubstitutions = 20;

/** Replaces `var()`. @returns undefined if a variable is not defined: the declaration then has no effect. */
function substitute(value: string, variables: Variables): string | undefined {
  let text = value;
  for (let n = 0; n < maxSubstitutions && text.length < 2000; n += 1) {
    // The innermost call.
    const call = /var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)/i.exec(text);
    if (call === null) return text.includes('var(') ? undefined : text;
    const [whole, name = '', fallback] = call;
    const known = variables.get(name) ?? fallback;
    if (known === undefined) return undefined;
    text = text.slice(0, call.index) + known + text.slice(call.index + whole.length);
  }
  return undefined;
}

/** https://html.spec.whatwg.org/multipage/rendering.html#presentational-hints */
function presentational(element: DomNode): Declaration[] {
  const { bgcolor, color, text, background } = (element.attribs ?? {}) as Record<string, string>;
  const hints: Declaration[] = [];
  const hint = (property: string, value: string) => hints.push({ property, value, important: false });
  if (bgcolor) hint('background-color', legacyColor(bgcolor));
  if (background) hint('background-image', 'url(x)');
  if (color && element.name === 'font') hint('color', legacyColor(color));
  if (text && element.name === 'body') hint('color', legacyColor(text));
  return hints;
}

/** Attributes also accept a color without `#`. */
function legacyColor(value: string): string {
  const plain = value.trim();
  return /^[\da-f]{6}$/i.test(plain) ? `#${plain}` : plain.slice(0, 40);
}
