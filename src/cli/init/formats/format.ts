export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads and edits the text of a file. Edits leave every other character as it is. They do not check the result: whoever
 * edits compares what the text then means with what it should mean.
 */
export interface Format {
  /** @throws UnusableFileError for a text that is not in this format, with the line. */
  parse(text: string): Json;
  /** Adds a member at the end of the object at the path, which is created if it is missing. */
  add(text: string, path: readonly string[], name: string, value: unknown): string;
  /** Replaces the value of an existing member. */
  replace(text: string, path: readonly string[], name: string, value: unknown): string;
  /** Removes an existing member. */
  remove(text: string, path: readonly string[], name: string): string;
}

/** Formatting of a file. */
export interface Style {
  readonly indent: string;
  readonly eol: '\n' | '\r\n';
}

export function detectStyle(text: string): Style {
  return { indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}
