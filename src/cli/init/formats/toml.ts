import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { UnusableFileError } from '../unusable-file.ts';
import { detectStyle, type Format, isObject, type Json } from './format.ts';

/**
 * TOML. No package edits it and keeps comments, so a server's table is added and removed as text. Where it begins and
 * ends is not guessed but tried out: the lines are right if the rest means the same as before without the server.
 */
export const tomlFormat: Format = {
  parse(text) {
    try {
      return plain(parse(text)) as Json;
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      throw new UnusableFileError(
        `is not valid TOML (${reason} at line ${error.line}, column ${error.column})`,
      );
    }
  },
  add(text, path, name, value) {
    const { eol } = detectStyle(text);
    const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
    return text + gap + tableOf(path, name, value, eol);
  },
  replace(text, path, name, value) {
    const [start, end] = linesOf(text, path, name);
    return text.slice(0, start) + tableOf(path, name, value, detectStyle(text).eol) + text.slice(end);
  },
  remove(text, path, name) {
    const [start, end] = linesOf(text, path, name);
    const before = text.slice(0, start);
    // Together with the empty line that separates it from what is above.
    const kept = end === text.length ? before.replace(/(?<=\n)\r?\n$/, '') : before;
    return kept + text.slice(end);
  },
};

/** With the usual prototype, which the parser's objects lack. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value) || Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** A search for more lines is given up: it would only be slow. */
const maxLines = 300;

/**
 * The offsets of the lines that make up a server.
 * @throws UnusableFileError if they do not stand together.
 */
function linesOf(text: string, path: readonly string[], name: string): [start: number, end: number] {
  const expected = without(plain(parse(text)) as Json, [...path, name]);
  const starts = [...text.matchAll(/^|(?<=\n)/g)].map(({ index }) => index);
  for (const [at, start] of starts.entries()) {
    const line = text.slice(start, starts[at + 1]).trim();
    if (line.startsWith('#') || !line.includes(name)) continue;
    for (const end of [...starts.slice(at + 1, at + maxLines), text.length]) {
      if (meansTheSame(text.slice(0, start) + text.slice(end), expected, path[0])) return [start, end];
    }
  }
  throw new UnusableFileError(`has the parts of "${name}" in several places: edit it yourself`);
}

/** @param table that may be missing, if the server was the only one in it. */
function meansTheSame(text: string, expected: Json, table = ''): boolean {
  try {
    return isDeepStrictEqual({ [table]: {}, ...(plain(parse(text)) as Json) }, { [table]: {}, ...expected });
  } catch {
    return false;
  }
}

function without(file: Json, [key = '', ...rest]: readonly string[]): Json {
  const { [key]: value, ...others } = file;
  return rest.length === 0 || !isObject(value) ? others : { ...others, [key]: without(value, rest) };
}

function tableOf(path: readonly string[], name: string, value: unknown, eol: string): string {
  const header = `[${[...path, name].map(keyOf).join('.')}]`;
  const members = Object.entries(Object(value)).map(([key, one]) => `${keyOf(key)} = ${inline(one)}`);
  return [header, ...members, ''].join(eol);
}

const keyOf = (key: string) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** A value on one line. JSON and TOML write texts, numbers, truth values and lists alike. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  const members = Object.entries(value).map(([key, one]) => `${keyOf(key)} = ${inline(one)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
