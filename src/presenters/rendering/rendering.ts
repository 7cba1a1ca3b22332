import type { Redactor } from '../../text/personal-data/redactor.ts';

/** What a presenter gets from outside. It reads no clock and generates nothing random itself. */
export interface PresentContext {
  readonly now: Date;
  /** The boundary around quoted data: random for each result. */
  readonly nonce: string;
  /** Names of the tools that this server offers. Only these are suggested; any tool if absent. */
  readonly tools?: readonly string[] | undefined;
  /** Aborts when it is time to answer with what has been read of the markup of mail. */
  readonly signal?: AbortSignal | undefined;
  /** Replaces personal data. Absent if it may be shown. */
  readonly redact?: Pick<Redactor, 'view' | 'text'> | undefined;
}

/** An answer in two renderings with the same content. */
export interface Presented<View> {
  readonly view: View;
  readonly text: string;
  /** Pictures that belong to the answer, for models to see. They are in neither rendering. */
  readonly images?: readonly Image[];
}

/** Three times what fits. The pipeline refuses a view that was not redacted, so none gets out. */
const maxRedactedCharacters = 72_000;

/**
 * Makes an answer of a view: the only way to do so. Personal data is replaced in the view first, so that the text, which
 * is made of the view alone, has the same stand-ins.
 */
export function presented<View>(
  view: View,
  text: (view: View) => string,
  { redact }: PresentContext,
): Presented<View> {
  // It would not fit, and has to be cut first: looking through megabytes would hold everybody up.
  const isTooLarge = () => JSON.stringify(view).length > maxRedactedCharacters;
  const shown = redact === undefined || isTooLarge() ? view : redact.view(view);
  return { view: shown, text: text(shown) };
}

export interface Image {
  /** Media type, such as `image/png`. */
  readonly type: string;
  /** Base64. */
  readonly data: string;
}

/** The object without empty values: null, undefined, and empty objects, lists and strings. */
export function omitEmpty<T extends object>(object: T): NonEmpty<T> {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = object[key as keyof T];
    if (!isEmpty(value)) kept[key] = value;
  }
  return kept as NonEmpty<T>;
}

type NonEmpty<T> = {
  [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
