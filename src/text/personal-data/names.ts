import { fold } from '../fold.ts';
import type { Span } from './kinds.ts';

const word = /[\p{L}\p{M}\p{N}\p{Join_Control}]+/gu;

/** Scripts whose words have no spaces between them, or endings that are written without one. */
const unspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]{2,}$/u;

/** Words of other meanings. They count as part of a name only next to another part. */
const ambiguous = new Set(
  'abu and are bin can dal das del den der des dos for ibn ist los may not the und van von will you'.split(
    ' ',
  ),
);

/** What joins two words of a name. */
const joint = /^[ \t.'’-]{1,2}$/;

/** A sentence that poses as a name hides no more words than this. */
const maxWords = 6;

/** More names are not looked for in one answer. */
const maxNames = 20_000;

/** More names with the same word are not told apart by it. */
const maxSharing = 50;

/** Consecutive words that are part of a name. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly words: string;
  /** The names that have all these words. */
  readonly names: readonly string[];
  readonly isAmbiguous: boolean;
  /** Whether it is a name and not another word. */
  readonly isSure: boolean;
}

/** The names of the contacts that an answer is about. */
export class Names {
  /** Names by the words that are part of them. */
  readonly #byWord = new Map<string, string[]>();
  readonly #unspaced = new Map<string, string>();
  #count = 0;

  add(name: string): void {
    const spelled = [...name.matchAll(word)].map(([one]) => one).slice(0, maxWords);
    if (spelled.length === 0 || this.#count >= maxNames) return;
    this.#count += 1;
    const words = spelled.map(folded);
    const whole = words.join(' ');
    for (const one of spelled) if (unspaced.test(one)) this.#unspaced.set(one, whole);
    for (const one of words) {
      const names = this.#byWord.get(one) ?? [];
      if (!names.includes(whole) && names.length < maxSharing) names.push(whole);
      this.#byWord.set(one, names);
    }
  }

  *find(text: string): Generator<Span> {
    if (this.#byWord.size === 0) return;
    yield* this.#findUnspaced(text);
    let last: Part | undefined;
    for (const { index, 0: spelled } of text.matchAll(word)) {
      const words = folded(spelled);
      const names = this.#byWord.get(words);
      if (names === undefined) continue;
      const isAmbiguous = ambiguous.has(words);
      const isSure = words.length > 2 && !isAmbiguous;
      const next = { start: index, end: index + spelled.length, words, names, isAmbiguous, isSure };
      const joined = last && joinedParts(last, next, text);
      if (!joined && last?.isSure) yield spanOf(last);
      last = joined ?? next;
    }
    if (last?.isSure) yield spanOf(last);
  }

  *#findUnspaced(text: string): Generator<Span> {
    for (const [part, value] of this.#unspaced) {
      for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
        yield { start: at, end: at + part.length, kind: 'name', value };
    }
  }
}

/** The two as one, if they stand next to each other and are parts of one name. */
function joinedParts(a: Part, b: Part, text: string): Part | undefined {
  const names = a.names.filter((name) => b.names.includes(name));
  if (names.length === 0 || !joint.test(text.slice(a.end, Math.min(b.start, a.end + 3)))) return undefined;
  const isAmbiguous = a.isAmbiguous && b.isAmbiguous;
  const words = `${a.words} ${b.words}`;
  return {
    start: a.start,
    end: b.end,
    words,
    names,
    isAmbiguous,
    isSure: a.isSure || b.isSure || !isAmbiguous,
  };
}

/** A part of one name means that name. A part of several is a value of its own. */
function spanOf({ start, end, words, names }: Part): Span {
  const [only, another] = names;
  return { start, end, kind: 'name', value: another === undefined && only !== undefined ? only : words };
}

/** Without differences of case, accents, width and joiners. */
function folded(text: string): string {
  return fold(text).replace(/[\u200c\u200d]/g, '');
}
