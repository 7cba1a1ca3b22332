/** The kinds of personal data that can be replaced. `name` is that of a contact; the others are found by their shape. */
export const personalDataKinds = ['email', 'phone', 'card', 'iban', 'name'] as const;

export type PersonalDataKind = (typeof personalDataKinds)[number];

/** Personal data in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: PersonalDataKind;
  /** The same for all spellings of one value. */
  readonly value: string;
}

/** What replaces personal data: `[email k3v9qd]`. */
export const standIn = /\[(email|phone|card|iban|name) [a-z2-7]{6}\]/g;
