import { createHmac } from 'node:crypto';
import { AiClosureType, Sentiment, SessionChannel, SessionStatus } from '../../contract/primitives.ts';
import { cleanLine } from '../clean.ts';
import { asciiForms } from './ascii-forms.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { type PersonalDataKind, personalDataKinds, type Span, standIn } from './kinds.ts';
import { Names } from './names.ts';
import { findNumbers, phoneTail } from './numbers.ts';

/** What to replace, and the key that stand-ins are made with. Whoever has the key could guess what they stand for. */
export interface RedactionRules {
  readonly kinds: readonly PersonalDataKind[];
  /** At least 32 random bytes. The same key gives the same value the same stand-in. */
  readonly key: Uint8Array;
}

/** What the API says about a contact. Its name is found nowhere else, the rest also where it has no usual shape. */
export interface KnownPerson {
  readonly names: readonly (string | null | undefined)[];
  readonly emails?: readonly (string | null | undefined)[];
  readonly phones?: readonly (string | null | undefined)[];
}

/**
 * Members that identify something in later calls. A stand-in there would make it useless. What is no plain token is none of
 * our ids or cursors, and is text like any other. Members of custom data may have any name, so none of them counts.
 */
const kept = new Set([
  'assignee_id',
  'before',
  'external_id',
  'id',
  'message_id',
  'next',
  'next_cursor',
  'next_since',
  'session_id',
]);

/** Members with words of ours or of the API: a customer who takes one as their name must not hide it. */
const vocabulary = new Set([
  'actual_type',
  'ai_closure_type',
  'channel',
  'content',
  'details_unknown',
  'event',
  'from',
  'handled_by',
  'identity',
  'language',
  'last_message_unknown',
  'last_unknown',
  'match',
  'messages_note',
  'note',
  'outcome',
  'reply_note',
  'sentiment',
  'session_note',
  'status',
]);

/** Words of the API that nobody's name may hide, wherever they are. */
const documented: ReadonlySet<string> = new Set([
  ...SessionStatus.options,
  ...SessionChannel.options,
  ...AiClosureType.options,
  ...Sentiment.options,
]);

/** Members whose own members are named by others. */
const foreign = /custom_data$/;

/** Longer runs without a space are no word that was cut. */
const maxCutCharacters = 320;

/**
 * Replaces personal data in one answer. A value gets the same stand-in wherever it is, so that a reader can still tell
 * people apart. Finds what has a known shape, and what the API says about the contacts that were read: never everything.
 */
export class Redactor {
  readonly #kinds: ReadonlySet<PersonalDataKind>;
  readonly #key: Uint8Array;
  readonly #names = new Names();
  readonly #phones = new Map<string, string>();
  /** Whole texts that are personal data whatever their shape. */
  readonly #known = new Map<string, Pick<Span, 'kind' | 'value'>>();
  /** Texts that were looked through: answers are rendered several times until they fit. */
  readonly #done = new Map<string, string>();

  constructor({ kinds, key }: RedactionRules) {
    this.#kinds = new Set(kinds);
    this.#key = key;
  }

  has(kind: PersonalDataKind): boolean {
    return this.#kinds.has(kind);
  }

  note({ names, emails = [], phones = [] }: KnownPerson): void {
    this.#done.clear();
    const known = (kind: PersonalDataKind, values: KnownPerson['names'], add: (text: string) => void) => {
      if (!this.has(kind)) return;
      for (const value of values) {
        const text = cleanLine(value ?? '');
        if (text !== '') add(text);
      }
    };
    known('name', names, (name) => this.#names.add(name));
    known('email', emails, (email) =>
      this.#known.set(email, { kind: 'email', value: email.normalize('NFKC').toLowerCase() }),
    );
    known('phone', phones, (phone) => {
      const digits = asciiForms(phone).replace(/\D/g, '').replace(/^00/, '');
      this.#known.set(phone, { kind: 'phone', value: digits || phone });
      const tail = phoneTail(digits);
      if (tail !== undefined) this.#phones.set(tail, digits);
    });
  }

  /**
   * The view without personal data. Members of an object that identify things, and words of ours, stay.
   * @param view plain data; it is not changed.
   */
  view<T>(view: T): T {
    return this.#value(view, { isForeign: false, hasNames: true }) as T;
  }

  /** The text of others without personal data. */
  text(text: string): string {
    const known = this.#done.get(text);
    if (known !== undefined) return known;
    const redacted = this.#replace(text, true);
    this.#done.set(text, redacted);
    return redacted;
  }

  /** A text of ours that may repeat a value of others: names stay, because they could hide what it says. */
  message(text: string): string {
    return this.#replace(text, false);
  }

  #value(value: unknown, place: { isForeign: boolean; hasNames: boolean; isCut?: boolean }): unknown {
    if (typeof value === 'string') {
      if (documented.has(value)) return value;
      const text = this.#withoutCutWords(value, place.isCut ?? false);
      return place.hasNames ? this.text(text) : this.message(text);
    }
    if (typeof value === 'number' && place.isForeign) {
      const text = String(value);
      const redacted = this.text(text);
      return redacted === text ? value : redacted;
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item, place));
    if (typeof value !== 'object' || value === null) return value;
    // A file is read on where it was cut, and was looked through as a whole.
    const isCutHere = 'cut_chars' in value && !('next_offset' in value);
    const members = Object.entries(value).map(([key, member]) => {
      if (place.isForeign) return [this.text(key), this.#value(member, place)];
      if (kept.has(key) && !(typeof member === 'string' && /[\s@%&]/.test(member))) return [key, member];
      const isForeign = foreign.test(key);
      const isCut = isCutHere && key === 'text';
      return [key, this.#value(member, { isForeign, hasNames: !vocabulary.has(key), isCut })];
    });
    return Object.fromEntries(place.isForeign ? distinct(members as [string, unknown][]) : members);
  }

  /** A word that was cut may be the beginning or the end of something, and has its shape no more. */
  #withoutCutWords(text: string, isCut: boolean): string {
    let end = text.length;
    if (isCut || text.endsWith('…')) {
      end = startOfCut(text, text.endsWith('…') ? text.length - 1 : text.length);
    }
    let start = 0;
    if (text.startsWith('…') && end > 0) start = endOfCut(text, end);
    if (start === 0 && end === text.length) return text;
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  }

  #replace(text: string, withNames: boolean): string {
    const whole = this.#known.get(text.trim());
    if (whole !== undefined) return this.#standIn(whole);
    const spans = this.#spans(text, withNames);
    if (spans.length === 0) return text;
    let redacted = '';
    let at = 0;
    for (const span of spans) {
      redacted += text.slice(at, span.start) + this.#standIn(span);
      at = span.end;
    }
    return redacted + text.slice(at);
  }

  /** What is to be replaced, in order and without overlaps. Of two that overlap, the kind that is looked for first. */
  #spans(text: string, withNames: boolean): Span[] {
    const plain = asciiForms(text);
    const found: Span[] = [];
    const taken = new Taken(
      [...text.matchAll(untouched)].map(({ index, 0: one }) => [index, index + one.length]),
    );
    const take = (spans: Iterable<Span>) => {
      let end = 0;
      const free = [...spans]
        .sort((a, b) => a.start - b.start)
        .filter((span) => {
          if (span.start < end || !taken.isFree(span)) return false;
          end = span.end;
          return true;
        });
      taken.add(free);
      found.push(...free);
    };
    if (this.has('email')) take(findEmails(plain));
    if (this.has('iban')) take(findIbans(plain));
    if (this.has('card') || this.has('phone')) {
      take(
        findNumbers(plain, {
          cards: this.has('card'),
          phones: this.has('phone'),
          hasKnownPhones: this.#phones.size > 0,
          knownPhone: (tail) => this.#phones.get(tail),
        }),
      );
    }
    if (withNames && this.has('name')) take(this.#names.find(text));
    return found.sort((a, b) => a.start - b.start);
  }

  #standIn({ kind, value }: Pick<Span, 'kind' | 'value'>): string {
    const hash = createHmac('sha256', this.#key).update(`${kind}\0${value}`).digest();
    const letters = Array.from(hash.subarray(0, 6), (byte) => alphabet[byte % alphabet.length]);
    return `[${kind} ${letters.join('')}]`;
  }
}

/** What is replaced already, and ids, whose digits are no number. */
const untouched = new RegExp(`${standIn.source}|[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}`, 'gi');

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** The parts of a text that are replaced already, in order. */
class Taken {
  #parts: [start: number, end: number][];

  constructor(parts: [number, number][]) {
    this.#parts = parts;
  }

  isFree({ start, end }: Span): boolean {
    let low = 0;
    let high = this.#parts.length;
    // The first part that ends behind `start`.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#parts[middle]?.[1] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const next = this.#parts[low];
    return next === undefined || next[0] >= end;
  }

  add(spans: readonly Span[]): void {
    this.#parts = [...this.#parts, ...spans.map(({ start, end }) => [start, end] as [number, number])].sort(
      ([a], [b]) => a - b,
    );
  }
}

/** Where the last word begins, with the groups of digits and capitals before it: they may belong to one number. */
function startOfCut(text: string, end: number): number {
  const tail = text.slice(Math.max(0, end - maxCutCharacters), end);
  const last = tail.split(/\s/).at(-1)?.slice(-320) ?? '';
  const rest = tail.slice(0, tail.length - last.length);
  const [groups = ''] = /(?:[A-Z0-9+()./-]{1,8}[ \t\u00a0]{1,2}){1,10}$/.exec(rest.slice(-100)) ?? [];
  return end - last.length - (/\d/.test(groups) ? groups.length : 0);
}

/** The same at the beginning, behind the `…`. */
function endOfCut(text: string, end: number): number {
  const head = text.slice(1, Math.min(end, maxCutCharacters));
  const [first = ''] = /^\S+/.exec(head) ?? [];
  const [groups = ''] =
    /^(?:[ \t\u00a0]{1,2}[A-Z0-9+()./-]{1,8}(?![^\s])){1,10}/.exec(
      head.slice(first.length, first.length + 100),
    ) ?? [];
  return 1 + first.length + (/\d/.test(groups) ? groups.length : 0);
}

/** Two keys that are now the same are told apart, so that none is lost. */
function* distinct(members: readonly [string, unknown][]): Generator<[string, unknown]> {
  const seen = new Set<string>();
  for (const [key, value] of members) {
    let unique = key;
    for (let n = 2; seen.has(unique); n += 1) unique = `${key} (${n})`;
    seen.add(unique);
    yield [unique, value];
  }
}

/** How many stand-ins there are, by kind. Kinds without any are left out. */
export function countStandIns(text: string): Partial<Record<PersonalDataKind, number>> {
  const found = [...text.matchAll(standIn)].map(([, kind]) => kind);
  const counts = personalDataKinds.map((kind) => [kind, found.filter((one) => one === kind).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
