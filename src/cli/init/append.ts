import { applyEdits, type Node } from 'jsonc-parser';

/** How a file is written. */
export interface Style {
  readonly indent: string;
  readonly eol: '\n' | '\r\n';
}

export function styleOf(text: string): Style {
  return { indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** A value as JSON whose first line stands `depth` steps to the right. */
export function pretty(value: unknown, depth: number, { indent, eol }: Style): string {
  return JSON.stringify(value, undefined, indent)
    .split('\n')
    .join(eol + indent.repeat(depth));
}

/**
 * Adds a member at the end of an object or list. The library's own `modify` would also format what stands beside it,
 * and put the member between its neighbour and the comment that belongs to that one.
 * @param member as text, `"key": value` or a value.
 * @param depth of the member.
 */
export function append(text: string, container: Node, member: string, depth: number, style: Style): string {
  const { indent, eol } = style;
  const end = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const { place, comma } = last
    ? endOfLine(text, last.offset + last.length)
    : { place: container.offset + text.slice(container.offset, end).trimEnd().length, comma: true };
  const closesOnTheLine = !text.slice(place, end).includes('\n');
  const added = [
    eol + indent.repeat(depth) + member,
    last && comma ? ',' : '',
    closesOnTheLine ? eol + indent.repeat(depth - 1) : '',
  ].join('');
  const edits = [{ offset: place, length: closesOnTheLine ? end - place : 0, content: added }];
  if (last && !comma) edits.unshift({ offset: last.offset + last.length, length: 0, content: ',' });
  return applyEdits(text, edits);
}

/** A member's comma, and the comments that stand on its line. */
const restOfLine = /[ \t]*(?:\/\*[^\n]*?\*\/[ \t]*)*(,?)[ \t]*(?:\/\*[^\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?/y;

function endOfLine(text: string, from: number): { place: number; comma: boolean } {
  restOfLine.lastIndex = from;
  const [rest = '', comma = ''] = restOfLine.exec(text) ?? [];
  return { place: from + rest.trimEnd().length, comma: comma !== '' };
}
