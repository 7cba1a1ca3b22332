/** What a presenter needs from outside; it reads no clock and makes no randomness itself. */
export interface PresentContext {
  readonly now: Date;
  /** Random per result: the boundary of quoted data. */
  readonly nonce: string;
  /** Names of the tools that this server offers; only these are suggested. All of them where absent. */
  readonly tools?: readonly string[] | undefined;
}

/** One answer in its two renderings, which say the same. */
export interface Presented<View> {
  readonly view: View;
  readonly text: string;
}

/** The object without its empty members: no null, no undefined, no empty object, list or string. */
export function omitEmpty<T extends object>(object: T): Compact<T> {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = object[key as keyof T];
    if (!isEmpty(value)) kept[key] = value;
  }
  return kept as Compact<T>;
}

type Compact<T> = {
  [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
