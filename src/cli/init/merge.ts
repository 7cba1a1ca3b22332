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
import { appendMember, detectStyle, formatJson } from './append-member.ts';
import { UnusableFileError } from './client-file.ts';
import type { McpClient } from './clients.ts';
import { type Entry, type KeyChoice, keyInput } from './entry.ts';

export type MergeResult =
  | { readonly outcome: 'unchanged' }
  /** A different entry with the same name exists, and `replace` is not set. */
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'merged'; readonly text: string };

type Json = Record<string, unknown>;

/**
 * Adds an entry to the text of a client's file. Preserves everything else, including comments, order and line endings.
 * @param text empty for a missing file.
 * @throws UnusableFileError when the text does not have the documented structure.
 */
export function mergeEntry(
  text: string,
  client: McpClient,
  name: string,
  entry: Entry,
  key: KeyChoice,
  replace: boolean,
): MergeResult {
  const byteOrderMark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(byteOrderMark.length);
  const old = body.trim() === '' ? '{}\n' : body;
  const before = parseObject(old, client);
  const servers = member(before, client.servers, isObject, 'an object');
  const inputs = member(before, 'inputs', Array.isArray, 'a list');
  const existing = servers?.[name];
  if (isDeepStrictEqual(existing, entry)) return { outcome: 'unchanged' };
  if (existing !== undefined && !replace) return { outcome: 'conflict' };

  const style = detectStyle(old);
  const append = (current: string, path: JSONPath, text: string) => {
    const container = findNodeAtLocation(parseTree(current) as Node, path);
    return appendMember(current, container as Node, text, path.length + 1, style);
  };
  const property = (key: string, value: unknown, depth: number) =>
    `${JSON.stringify(key)}: ${formatJson(value, depth, style)}`;

  let edited = old;
  if (existing !== undefined) {
    const { offset, length } = findNodeAtLocation(parseTree(old) as Node, [client.servers, name]) as Node;
    edited = applyEdits(old, [{ offset, length, content: formatJson(entry, 2, style) }]);
  } else if (servers) edited = append(old, [client.servers], property(name, entry, 2));
  else edited = append(old, [], property(client.servers, { [name]: entry }, 1));
  const expected: Json = { ...before, [client.servers]: { ...servers, [name]: entry } };
  if (key.kind === 'input' && !inputs?.some((input) => isObject(input) && input['id'] === keyInput.id)) {
    edited = inputs
      ? append(edited, ['inputs'], formatJson(keyInput, 2, style))
      : append(edited, [], property('inputs', [keyInput], 1));
    expected['inputs'] = [...(inputs ?? []), keyInput];
  }
  // Fails for a duplicate key, for example: the first one is edited, but the last one is read.
  if (!isDeepStrictEqual(parseObject(edited, client), expected)) {
    throw new UnusableFileError(
      'cannot be edited without changing other entries (is there a duplicate key?)',
    );
  }
  return { outcome: 'merged', text: byteOrderMark + edited };
}

/** @throws UnusableFileError for invalid JSON, or syntax that the client does not accept. */
export function parseObject(text: string, { comments }: McpClient): Json {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: comments, disallowComments: !comments });
  const [first] = errors;
  if (first) {
    const lines = text.slice(0, first.offset).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw new UnusableFileError(`is not valid JSON (${printParseErrorCode(first.error)} at ${place})`);
  }
  if (!isObject(value)) throw new UnusableFileError('does not contain a JSON object');
  return value;
}

function member<T>(
  object: Json,
  key: string,
  isExpected: (value: unknown) => value is T,
  expected: string,
): T | undefined {
  const value = object[key];
  if (value === undefined || isExpected(value)) return value;
  throw new UnusableFileError(`has a "${key}" that is not ${expected}`);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
