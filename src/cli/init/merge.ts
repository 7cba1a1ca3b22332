import { isDeepStrictEqual } from 'node:util';
import {
  applyEdits,
  findNodeAtLocation,
  type JSONPath,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { append, pretty, styleOf } from './append.ts';
import type { McpClient } from './clients.ts';
import { type Entry, type KeyChoice, keyInput } from './entry.ts';

/** A file that is left as it is. The message says why, and begins where its name ends. */
export class UnusableFile extends Error {}

export type Merged =
  | { readonly outcome: 'same' }
  /** Another entry of that name stands there and was not to be replaced. */
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'merged'; readonly text: string };

type Json = Record<string, unknown>;

/**
 * Writes an entry into the text of a client's file. Everything else stays, to the letter: comments, order, line ends.
 * @param text the file's; empty for one that is not there.
 * @throws UnusableFile for what is not the client's file as documented.
 */
export function merge(
  text: string,
  client: McpClient,
  name: string,
  entry: Entry,
  key: KeyChoice,
  replace: boolean,
): Merged {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const old = text.slice(mark.length).trim() === '' ? '{}\n' : text.slice(mark.length);
  const before = readObject(old, client);
  const servers = member(before, client.servers, isObject, 'an object');
  const inputs = member(before, 'inputs', Array.isArray, 'a list');
  const there = servers?.[name];
  if (isDeepStrictEqual(there, entry)) return { outcome: 'same' };
  if (there !== undefined && !replace) return { outcome: 'taken' };

  const style = styleOf(old);
  const put = (current: string, path: JSONPath, text: string) => {
    const container = findNodeAtLocation(parseTree(current) as Node, path);
    return append(current, container as Node, text, path.length + 1, style);
  };
  const named = (key: string, value: unknown, depth: number) =>
    `${JSON.stringify(key)}: ${pretty(value, depth, style)}`;

  let edited = old;
  if (there !== undefined) {
    const { offset, length } = findNodeAtLocation(parseTree(old) as Node, [client.servers, name]) as Node;
    edited = applyEdits(old, [{ offset, length, content: pretty(entry, 2, style) }]);
  } else if (servers) edited = put(old, [client.servers], named(name, entry, 2));
  else edited = put(old, [], named(client.servers, { [name]: entry }, 1));
  const wanted: Json = { ...before, [client.servers]: { ...servers, [name]: entry } };
  if (key.kind === 'input' && !inputs?.some((input) => isObject(input) && input['id'] === keyInput.id)) {
    edited = inputs
      ? put(edited, ['inputs'], pretty(keyInput, 2, style))
      : put(edited, [], named('inputs', [keyInput], 1));
    wanted['inputs'] = [...(inputs ?? []), keyInput];
  }
  // For one, a key that stands there twice is edited at its first place and read at its last.
  if (!isDeepStrictEqual(readObject(edited, client), wanted)) {
    throw new UnusableFile(
      'cannot be edited without changing more than this entry (a key stands there twice?)',
    );
  }
  return { outcome: 'merged', text: mark + edited };
}

/** @throws UnusableFile for what is no JSON, or not of the kind that the client reads. */
export function readObject(text: string, { comments }: McpClient): Json {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: comments, disallowComments: !comments });
  const [first] = errors;
  if (first) {
    const lines = text.slice(0, first.offset).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw new UnusableFile(`is not valid JSON (${printParseErrorCode(first.error)} at ${place})`);
  }
  if (!isObject(value)) throw new UnusableFile('does not hold an object');
  return value;
}

function member<T>(
  object: Json,
  key: string,
  fits: (value: unknown) => value is T,
  what: string,
): T | undefined {
  const value = object[key];
  if (value === undefined || fits(value)) return value;
  throw new UnusableFile(`has a "${key}" that is not ${what}`);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
