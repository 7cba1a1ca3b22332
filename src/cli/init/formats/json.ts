import {
  applyEdits,
  createScanner,
  type Edit,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parse,
  parseTree,
} from 'jsonc-parser';
import { UnusableFileError } from '../unusable-file.ts';
import { appendMember, formatJson } from './append-member.ts';
import { detectStyle, type Format, isObject, type Json } from './format.ts';

/** JSON with comments. @param strict whether the client accepts neither comments nor trailing commas. */
export const jsonFormat = (strict: boolean): Format => ({
  parse: (text) => parseObject(text, strict),
  add(text, path, name, value) {
    const style = detectStyle(text);
    const missing = path.findIndex((_, at) => !isThere(nodeAt(text, path.slice(0, at + 1))));
    const depth = missing === -1 ? path.length : missing;
    // Those that are missing are created around it.
    const [key = name, ...inner] = [...path.slice(depth), name];
    const nested = inner.reduceRight<unknown>((content, one) => ({ [one]: content }), value);
    const empty = missing === -1 ? undefined : nodeAt(text, path.slice(0, depth + 1));
    if (empty) {
      const content = formatJson(nested, depth + 1, style);
      return applyEdits(text, [{ offset: empty.offset, length: empty.length, content }]);
    }
    const member = `${JSON.stringify(key)}: ${formatJson(nested, depth + 1, style)}`;
    return appendMember(text, nodeAt(text, path.slice(0, depth)) as Node, member, depth + 1, style);
  },
  replace(text, path, name, value) {
    const { offset, length } = nodeAt(text, [...path, name]) as Node;
    const content = formatJson(value, path.length + 1, detectStyle(text));
    return applyEdits(text, [{ offset, length, content }]);
  },
  remove(text, path, name) {
    const { parent: property } = nodeAt(text, [...path, name]) as Node;
    return removeMember(text, nodeAt(text, path) as Node, property as Node);
  },
});

/** Adds a value at the end of a list in the file, which is created if it is missing. */
export function addToList(text: string, name: string, value: unknown): string {
  const list = nodeAt(text, [name]);
  const style = detectStyle(text);
  return list
    ? appendMember(text, list, formatJson(value, 2, style), 2, style)
    : jsonFormat(false).add(text, [], name, [value]);
}

/** Removes a value from a list in the file. */
export function removeFromList(text: string, name: string, index: number): string {
  const list = nodeAt(text, [name]) as Node;
  return removeMember(text, list, list.children?.[index] as Node);
}

const nodeAt = (text: string, path: readonly string[]) =>
  findNodeAtLocation(parseTree(text) as Node, [...path]);

/** An object that is null stands for none. */
const isThere = (node: Node | undefined) => node !== undefined && node.type !== 'null';

/** The parser's errors in words, by their number. */
const problems: readonly string[] = [
  '',
  'an unexpected character or word',
  'an invalid number',
  'a name in double quotes is missing',
  'a value is missing',
  'a colon is missing',
  'a comma is missing',
  'a closing } is missing',
  'a closing ] is missing',
  'text after the end',
  'a comment, which this client does not accept',
  'a comment without an end',
  'a closing double quote is missing',
  'an incomplete number',
  'an invalid \\u escape',
  'an invalid escape with \\',
  'an invalid character in a text',
];

function parseObject(text: string, strict: boolean): Json {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: !strict, disallowComments: strict });
  const [first] = errors;
  if (first) {
    const lines = text.slice(0, first.offset).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw new UnusableFileError(`is not valid JSON (${problems[first.error] ?? 'an error'} at ${place})`);
  }
  if (!isObject(value)) throw new UnusableFileError('does not contain a JSON object');
  return value;
}

/**
 * Removes a member of an object or array with its comma, and the lines that this leaves empty. Comments are kept.
 * @param member the property of an object, or the element of an array.
 */
function removeMember(text: string, container: Node, member: Node): string {
  const start = member.offset;
  const end = start + member.length;
  const close = container.offset + container.length - 1;
  const after = commaIn(text, end, close);
  const previous = container.children?.findLast(({ offset }) => offset < start);
  // The last member has no comma behind it, and the one before it must have none either.
  const comma = after ?? (previous && commaIn(text, previous.offset + previous.length, start));
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', after === undefined ? end : after + 1);
  const stop = after === undefined ? end : after + 1;
  const alone =
    text.slice(lineStart, start).trim() === '' && lineEnd !== -1 && text.slice(stop, lineEnd).trim() === '';
  const edits: Edit[] = alone
    ? [{ offset: lineStart, length: lineEnd + 1 - lineStart, content: '' }]
    : [{ offset: start, length: stop - start, content: '' }];
  if (after === undefined && comma !== undefined) edits.unshift({ offset: comma, length: 1, content: '' });
  // A comment may stand between the member and its comma.
  return applyEdits(text, edits);
}

/** Of jsonc-parser's `SyntaxKind`, an enum that only exists for the compiler. */
const commaToken = 5;
const endOfFile = 17;

function commaIn(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  for (
    let kind = scanner.scan();
    kind !== endOfFile && scanner.getTokenOffset() < to;
    kind = scanner.scan()
  ) {
    if (kind === commaToken) return scanner.getTokenOffset();
  }
  return undefined;
}
