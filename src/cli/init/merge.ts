import { isDeepStrictEqual } from 'node:util';
import { applyEdits, findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';
import { appendMember, detectStyle, formatJson } from './append-member.ts';
import { UnusableFileError } from './client-file.ts';
import type { McpClient } from './clients.ts';
import { type Entry, type KeyChoice, keyInput } from './entry.ts';
import { isObject, type Json, parseObject, removeMember } from './json-file.ts';

export type MergeResult =
  | { readonly outcome: 'unchanged' }
  /** A different entry with the same name exists, and `replace` is not set. */
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'merged'; readonly text: string };

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
  const { mark, body } = splitMark(text);
  const old = body.trim() === '' ? '{}\n' : body;
  const before = parseObject(mark + old, client);
  const servers = member(before, client.servers, isObject, 'an object');
  const inputs = member(before, 'inputs', Array.isArray, 'a list');
  const existing = servers?.[name];
  if (isDeepStrictEqual(existing, entry)) return { outcome: 'unchanged' };
  if (existing !== undefined && !replace) return { outcome: 'conflict' };

  const style = detectStyle(old);
  const append = (current: string, path: JSONPath, text: string) =>
    appendMember(current, nodeAt(current, path), text, path.length + 1, style);
  const property = (key: string, value: unknown, depth: number) =>
    `${JSON.stringify(key)}: ${formatJson(value, depth, style)}`;

  let edited = old;
  if (existing !== undefined) {
    const { offset, length } = nodeAt(old, [client.servers, name]);
    edited = applyEdits(old, [{ offset, length, content: formatJson(entry, 2, style) }]);
  } else if (servers) edited = append(old, [client.servers], property(name, entry, 2));
  else edited = append(old, [], property(client.servers, { [name]: entry }, 1));
  const expected: Json = { ...before, [client.servers]: { ...servers, [name]: entry } };
  if (key.kind === 'input' && !inputs?.some(isKeyInput)) {
    edited = inputs
      ? append(edited, ['inputs'], formatJson(keyInput, 2, style))
      : append(edited, [], property('inputs', [keyInput], 1));
    expected['inputs'] = [...(inputs ?? []), keyInput];
  }
  return { outcome: 'merged', text: mark + verified(edited, expected, client) };
}

/**
 * Takes an entry out of the text of a client's file, and the prompt for its key if nothing else uses it.
 * @throws UnusableFileError as for `mergeEntry`.
 */
export function removeEntry(text: string, client: McpClient, name: string): string {
  const { mark, body } = splitMark(text);
  const before = parseObject(text, client);
  const { [name]: _, ...others } = member(before, client.servers, isObject, 'an object') ?? {};
  const inputs = member(before, 'inputs', Array.isArray, 'a list');
  const expected: Json = { ...before, [client.servers]: others };
  const { parent: property } = nodeAt(body, [client.servers, name]);
  let edited = removeMember(body, nodeAt(body, [client.servers]), property as Node);
  const index = inputs?.findIndex(isKeyInput) ?? -1;
  if (inputs && index >= 0 && !JSON.stringify(others).includes(`\${input:${keyInput.id}}`)) {
    const list = nodeAt(edited, ['inputs']);
    edited = removeMember(edited, list, list.children?.[index] as Node);
    expected['inputs'] = inputs.filter((_, at) => at !== index);
  }
  return mark + verified(edited, expected, client);
}

/** The entries of a client's file by name. Empty if there are none. */
export function entriesOf(text: string, client: McpClient): Json {
  if (text.trim() === '') return {};
  return member(parseObject(text, client), client.servers, isObject, 'an object') ?? {};
}

/** The text with `[removed]` in place of every API key of ours, for the backup. */
export function withoutKeys(text: string, client: McpClient): string {
  const { mark, body } = splitMark(text);
  const edits = Object.entries(entriesOf(text, client)).flatMap(([name, entry]) => {
    const key = Object(Object(entry).env)['OPENCX_API_KEY'];
    if (typeof key !== 'string' || key.includes('${')) return [];
    const { offset, length } = nodeAt(body, [client.servers, name, 'env', 'OPENCX_API_KEY']);
    return [{ offset, length, content: '"[removed]"' }];
  });
  return mark + applyEdits(body, edits);
}

/** Fails for a duplicate key, for example: the first one is edited, but the last one is read. */
function verified(edited: string, expected: Json, client: McpClient): string {
  if (isDeepStrictEqual(parseObject(edited, client), expected)) return edited;
  throw new UnusableFileError('cannot be edited without changing other entries (is there a duplicate key?)');
}

function splitMark(text: string): { mark: string; body: string } {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  return { mark, body: text.slice(mark.length) };
}

const nodeAt = (text: string, path: JSONPath) => findNodeAtLocation(parseTree(text) as Node, path) as Node;

const isKeyInput = (input: unknown) => isObject(input) && input['id'] === keyInput.id;

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
