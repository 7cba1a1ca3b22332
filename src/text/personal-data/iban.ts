import type { Span } from './kinds.ts';

/** Two letters, two check digits, and 11 to 30 letters and digits, in groups or not. */
const candidate = /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/gi;

/** The shortest and the longest in use: ISO 13616 allows 34, Norway has 15. */
const lengths = { min: 15, max: 34 };

/** Finds account numbers whose check digits are right. */
export function* findIbans(text: string): Generator<Span> {
  candidate.lastIndex = 0;
  for (let match = candidate.exec(text); match !== null; match = candidate.exec(text)) {
    const start = match.index;
    const end = /[A-Z0-9]/i.test(text[start - 1] ?? '') ? undefined : endOfIban(text, start, match[0].length);
    // What was taken for one may hide the beginning of another.
    candidate.lastIndex = end ?? start + 2;
    if (end !== undefined) yield { start, end, kind: 'iban', value: compact(text.slice(start, end)) };
  }
}

/** The longest part from `start` that is valid, and ends where a group ends. ISO 7064, mod 97-10. */
function endOfIban(text: string, start: number, length: number): number | undefined {
  const [country = 0, second = 0] = [digitValue(text[start]), digitValue(text[start + 1])];
  // The check moves the first four characters to the end: two letters, of two digits each, and two digits.
  const head = (country * 100 + second) * 100 + Number(text.slice(start + 2, start + 4));
  let rest = 0;
  let characters = 4;
  let found: number | undefined;
  for (let at = start + 4; at < start + length && characters < lengths.max; at += 1) {
    const value = digitValue(text[at]);
    if (Number.isNaN(value)) continue;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    characters += 1;
    const isEnd = Number.isNaN(digitValue(text[at + 1]));
    if (isEnd && characters >= lengths.min && (rest * 1_000_000 + head) % 97 === 1) found = at + 1;
  }
  return found;
}

/** 0 to 35; NaN for what is neither a digit nor a letter. */
function digitValue(character = ''): number {
  return Number.parseInt(character, 36);
}

function compact(text: string): string {
  return text.replace(/[ -]/g, '').toUpperCase();
}
