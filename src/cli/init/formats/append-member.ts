import { applyEdits, type Node } from 'jsonc-parser';
import type { Style } from './format.ts';

/** Formats a value as JSON. All lines but the first are indented by `depth` levels. */
export function formatJson(value: unknown, depth: number, { indent, eol }: Style): string {
  return JSON.stringify(value, undefined, indent)
    .split('\n')
    .join(eol + indent.repeat(depth));
}

/**
 * Adds a member at the end of an object or array. `modify` of jsonc-parser would also reformat the neighbours, and
 * separate the last member from the comment behind it.
 * @param member as text: `"key": value`, or a value.
 * @param depth indentation level of the member.
 */
export function appendMember(
  text: string,
  container: Node,
  member: string,
  depth: number,
  { indent, eol }: Style,
): string {
  const end = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const { place, comma } = last
    ? endOfLine(text, last.offset + last.length)
    : { place: container.offset + text.slice(container.offset, end).trimEnd().length, comma: true };
  const closesOnSameLine = !text.slice(place, end).includes('\n');
  const added = [
    eol + indent.repeat(depth) + member,
    last && comma ? ',' : '',
    closesOnSameLine ? eol + indent.repeat(depth - 1) : '',
  ].join('');
  const edits = [{ offset: place, length: closesOnSameLine ? end - place : 0, content: added }];
  if (last && !comma) edits.unshift({ offset: last.offset + last.length, length: 0, content: ',' });
  return applyEdits(text, edits);
}

/** The comma after a member, and comments on the same line. */
const restOfLine =
  /[ \t]*(?:\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)*(?:(,)[ \t]*(?:\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)*)?(?:\/\/[^\r\n]*)?/y;

function endOfLine(text: string, from: number): { place: number; comma: boolean } {
  restOfLine.lastIndex = from;
  const [rest = '', comma = ''] = restOfLine.exec(text) ?? [];
  return { place: from + rest.trimEnd().length, comma: comma !== '' };
}
