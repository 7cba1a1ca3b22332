import { applyEdits, createScanner, type Edit, type Node, type ParseError, parse } from 'jsonc-parser';
import { UnusableFileError } from './client-file.ts';
import type { McpClient } from './clients.ts';

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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

/** @throws UnusableFileError for invalid JSON, or syntax that the client does not accept. */
export function parseObject(text: string, { comments, title }: McpClient): Json {
  if (text.startsWith('\uFEFF') && !comments) {
    throw new UnusableFileError(
      `begins with a byte order mark, which ${title} cannot read: save it as UTF-8 without BOM`,
    );
  }
  const body = text.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const value: unknown = parse(body, errors, { allowTrailingComma: comments, disallowComments: !comments });
  const [first] = errors;
  if (first) {
    const lines = body.slice(0, first.offset).split('\n');
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
export function removeMember(text: string, container: Node, member: Node): string {
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
