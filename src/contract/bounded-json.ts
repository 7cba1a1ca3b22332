/** Shorter JSON text is parsed in no time, whatever it holds. */
const smallCharacters = 500_000;

/**
 * Budget for the values of a longer text. A value, a key and a bracket cost memory and time far beyond their
 * characters: ten megabytes of `{},` take 2.3 s and 300 MB to parse, this budget less than 150 ms (Node 20).
 */
const defaultCost = 300_000;

/** A new key is the most expensive part: V8 keeps a table of all names. */
const keyCost = 4;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
/** With `braceBit` removed, `{` and `[` are one, as are `}` and `]`. */
const open = 0x5b;
const close = 0x5d;
const braceBit = 0x20;

/**
 * Makes JSON text cheap to parse. Once the budget is spent, further elements below the root's own members are left out;
 * the members of the root, such as the cursor of a page, are kept.
 * @returns the text to parse, and how many elements of inner lists and objects were left out. Undefined if the root has
 * too many members.
 */
export function withinBudget(
  text: string,
  maxCost = defaultCost,
): { text: string; leftOut: number } | undefined {
  if (text.length <= smallCharacters) return { text, leftOut: 0 };
  let cost = 0;
  let rootCost = 0;
  let depth = 0;
  let leftOut = 0;
  const kept: string[] = [];
  let copiedTo = 0;
  /** The end of the last complete element of a member of the root. */
  let elementEnd = 0;
  let dropping = false;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === quote) {
      at = endOfString(text, at);
      continue;
    }
    if (char < comma) continue;
    const bracket = char & ~braceBit;
    if (bracket === open) {
      depth += 1;
      cost += 1;
      if (depth <= 2) {
        rootCost += 1;
        elementEnd = at + 1;
      }
    } else if (bracket === close) {
      if (depth === 2 && dropping) {
        leftOut += 1;
        kept.push(text.slice(copiedTo, elementEnd));
        copiedTo = at;
        dropping = false;
      }
      depth -= 1;
    } else if (char === comma) {
      cost += 1;
      if (depth === 2) {
        if (dropping) leftOut += 1;
        else elementEnd = at;
      } else if (depth < 2) rootCost += 1;
    } else if (char === colon) {
      cost += keyCost;
      if (depth < 2) rootCost += keyCost;
    }
    if (cost > maxCost && depth >= 2) dropping = true;
    if (rootCost > maxCost) return undefined;
  }
  // It breaks off in the middle, so it is no JSON. The parser would need its time and memory to find that out.
  if (dropping) {
    leftOut += 1;
    kept.push(text.slice(copiedTo, elementEnd));
    copiedTo = length;
  }
  return kept.length === 0 ? { text, leftOut } : { text: kept.join('') + text.slice(copiedTo), leftOut };
}

/** The index of the quotation mark that ends the string; the end of the text if there is none. */
export function endOfString(text: string, start: number): number {
  const { length } = text;
  for (let at = start + 1; at < length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === quote) return at;
    if (char === backslash) at += 1;
  }
  return length;
}

/** Deeper values are replaced by `…`. JSON.stringify recurses: some thousand levels overflow the stack. */
const maxDepth = 20;

/** Further values are replaced by `…`. No answer shows so many. */
const maxValues = 5000;

/** The value as JSON text. `…` marks what is too deep, or beyond the first five thousand values. */
export function boundedJson(value: unknown): string {
  let values = 0;
  const copy = (node: unknown, depth: number): unknown => {
    values += 1;
    if (typeof node !== 'object' || node === null) return node;
    if (depth > maxDepth || values > maxValues) return '…';
    const entries = Object.entries(node);
    const kept: [string, unknown][] = [];
    for (const [key, inner] of entries) {
      if (values > maxValues) {
        kept.push(['…', `${entries.length - kept.length} more`]);
        break;
      }
      kept.push([key, copy(inner, depth + 1)]);
    }
    return Array.isArray(node) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
  };
  return JSON.stringify(copy(value, 0));
}
