import type { Span } from './kinds.ts';

/** Digits in groups. Nothing that separates them can also be a digit, so the search is linear. */
const run = /\d(?:[ \t.()/-]{0,3}\d){6,}/g;

interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

/** The last digits of a phone number, which do not depend on how its country is written. */
const tailLength = 8;

export const phoneTail = (digits: string): string | undefined =>
  digits.length < tailLength ? undefined : digits.slice(-tailLength);

export interface NumberOptions {
  readonly cards: boolean;
  readonly phones: boolean;
  readonly hasKnownPhones: boolean;
  /** The number that has these last digits, if it is that of a contact. It is found in any form. */
  knownPhone(tail: string): string | undefined;
}

/** Finds card numbers and phone numbers among groups of digits. */
export function* findNumbers(text: string, options: NumberOptions): Generator<Span> {
  for (const { index, 0: found } of text.matchAll(run)) {
    const groups = [...found.matchAll(/\d+/g)].map(({ index: at, 0: digits }) => {
      const start = index + at;
      return { digits, start, end: start + digits.length };
    });
    const isBounded = !/\w/.test(text[index - 1] ?? '') && !/\w/.test(text[index + found.length] ?? '');
    for (let at = 0; at < groups.length; ) {
      const dated = dateLength(text, groups, at);
      const end =
        dated > 0 || !isBounded
          ? undefined
          : ((options.cards ? cardEnd(text, groups, at) : undefined) ??
            (options.phones ? phoneEnd(text, groups, at, options) : undefined));
      if (end === undefined) {
        at += Math.max(1, dated);
        continue;
      }
      yield spanOf(text, groups.slice(at, end.to), end.kind, options);
      at = end.to;
    }
  }
}

interface End {
  readonly kind: 'card' | 'phone';
  /** Index of the group after the last one. */
  readonly to: number;
}

function spanOf(
  text: string,
  groups: readonly Group[],
  kind: 'card' | 'phone',
  options: NumberOptions,
): Span {
  const first = groups[0] as Group;
  const digits = digitsOf(groups);
  const opening = kind === 'phone' ? /(?:\(\+?|\+\(?)$/.exec(text.slice(0, first.start).slice(-2)) : null;
  const value = kind === 'phone' ? (knownOf(digits, options) ?? digits.replace(/^00/, '')) : digits;
  return { start: first.start - (opening?.[0].length ?? 0), end: (groups.at(-1) as Group).end, kind, value };
}

const digitsOf = (groups: readonly Group[]) => groups.map(({ digits }) => digits).join('');

/** The longest row of groups from `at` that has the length and the check digit of a card number. */
function cardEnd(text: string, groups: readonly Group[], at: number): End | undefined {
  const { digits: first = '', start = 0 } = groups[at] ?? {};
  // After a plus sign it is a phone number.
  if (!/^[2-6]/.test(first) || text[start - 1] === '+') return undefined;
  let digits = '';
  let to: number | undefined;
  for (let end = at; end < groups.length && digits.length < 19; end += 1) {
    digits += groups[end]?.digits ?? '';
    if (digits.length >= 13 && digits.length <= 19 && hasLuhnDigit(digits)) to = end + 1;
  }
  return to === undefined ? undefined : { kind: 'card', to };
}

const zero = 0x30;

/** ISO/IEC 7812-1. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let n = 0; n < digits.length; n += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - n) - zero;
    sum += n % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

/** ITU-T E.164 allows 15 digits. */
const maxPhoneDigits = 15;
const minPhoneDigits = 7;

/** A number of a contact in any form; else one with `+` or `00`, or a national one in groups. */
function phoneEnd(
  text: string,
  groups: readonly Group[],
  at: number,
  options: NumberOptions,
): End | undefined {
  const first = groups[at] as Group;
  const before = text.slice(Math.max(0, first.start - 2), first.start);
  const isInternational = /\+\(?$/.test(before) && first.digits[0] !== '0';
  const mayBeNational = /^(?:0|1$|\d{3}$)/.test(first.digits);
  const isNational = mayBeNational && !isInternational && !/[\w#@/.,-]\(?$/.test(before);
  if (!isInternational && !isNational && !options.hasKnownPhones) return undefined;
  let digits = '';
  let to: number | undefined;
  for (let end = at; end < groups.length && digits.length <= maxPhoneDigits; end += 1) {
    digits += groups[end]?.digits ?? '';
    if (digits.length < minPhoneDigits) continue;
    if (knownOf(digits, options) !== undefined) return { kind: 'phone', to: end + 1 };
    const isShaped = isInternational
      ? digits.length <= maxPhoneDigits
      : isNational && isNationalNumber(groups, at, end, digits);
    if (isShaped) to = end + 1;
  }
  return to === undefined ? undefined : { kind: 'phone', to };
}

/** After `00`, or a trunk prefix and in groups (`030 123456`), or as in North America (`415 555 0123`). */
function isNationalNumber(groups: readonly Group[], at: number, end: number, digits: string): boolean {
  const { length } = digits;
  if (digits[0] === '0') {
    if (digits[1] === '0') return digits[2] !== '0' && length >= 10 && length <= maxPhoneDigits + 2;
    return end > at && length >= 8 && length <= 12;
  }
  if (end - at > 3 || (length !== 10 && length !== 11)) return false;
  const lengths = groups.slice(at, end + 1).map((group) => group.digits.length);
  return /^(?:1,)?3,3,4$/.test(lengths.join()) && /^1?[2-9]\d\d[2-9]/.test(digits);
}

function knownOf(digits: string, { knownPhone }: NumberOptions): string | undefined {
  const tail = phoneTail(digits);
  return tail === undefined ? undefined : knownPhone(tail);
}

/** The number of groups from `at` that are a date, which is no phone number; 0 if they are none. */
function dateLength(text: string, groups: readonly Group[], at: number): number {
  const [first, second, third] = groups.slice(at, at + 3);
  if (!first || !second || !third) return 0;
  const separator = text.slice(first.end, second.start);
  if (!/^[-./]$/.test(separator) || text.slice(second.end, third.start) !== separator) return 0;
  const date = [first, second, third].map(({ digits }) => digits).join('-');
  const isDate = /^(?:(?:19|20)\d\d-[01]?\d-[0-3]?\d|[0-3]?\d-[0-3]?\d-(?:(?:19|20)\d\d|\d\d))$/.test(date);
  // A phone number may go on: 01.23.45.67.89.
  return isDate && text.slice(third.end, third.end + 2).search(/^[-./]\d/) < 0 ? 3 : 0;
}
