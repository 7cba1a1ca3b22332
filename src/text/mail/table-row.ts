import type { DomNode, FormatCallback } from 'html-to-text';
import { wordsOf } from './attribute-text.ts';

/** A cell with more lines or characters is a paragraph of a layout, not a value. */
const maxCell = { lines: 3, characters: 200 };
/** Columns and rows of one cell, and the columns of a table in which a cell may reach into rows below. */
const maxSpan = { columns: 20, rows: 1000, table: 200 };

/**
 * Formats a table row. If its cells are short, the row is one line: columns are separated by ` | `, lines within a cell by
 * ` / `. Otherwise, as in mail that uses tables for layout, each cell is a block.
 */
export const formatRow: FormatCallback = (row, walk, builder) => {
  const cells = cellsOf(row);
  const filled = cells.filter(isFilled);
  builder.openBlock({ leadingLineBreaks: 1 });
  if (isShort(row) && (filled.length > 1 || isInData(row))) {
    const end = cells.lastIndexOf(filled.at(-1) as DomNode);
    const columns = columnsOf(row);
    let column = 0;
    for (const [index, cell] of cells.slice(0, end + 1).entries()) {
      for (; column < (columns[index] ?? 0); column += 1) builder.addInline(' | ');
      for (const [at, line] of linesOf(cell).entries()) {
        if (at > 0) builder.addInline(' / ');
        walk(line, builder);
      }
    }
  } else {
    for (const cell of filled) {
      builder.openBlock({ leadingLineBreaks: 1 });
      walk(
        linesOf(cell).length === 1 && isShortCell(cell) ? (linesOf(cell)[0] as DomNode[]) : [cell],
        builder,
      );
      builder.closeBlock({ trailingLineBreaks: 1 });
    }
  }
  builder.closeBlock({ trailingLineBreaks: 1 });
};

const cellsOf = (row: DomNode) => row.children.filter(({ type }) => type === 'tag');
const isFilled = (cell: DomNode) => holds(cell, isContent);
const isShort = (row: DomNode) => cellsOf(row).every(isShortCell);

const places = new WeakMap<DomNode, readonly number[]>();

/** The column of each cell of a row, after cells that reach into it from rows above. */
function columnsOf(row: DomNode): readonly number[] {
  const known = places.get(row);
  if (known) return known;
  /** How many more rows a cell reaches into, by column. */
  let taken: number[] = [];
  for (const one of row.parent?.children.filter(({ name }) => name === 'tr') ?? [row]) {
    const below = taken.map((rows) => rows - 1);
    let column = 0;
    const columns = cellsOf(one).map((cell) => {
      while ((taken[column] ?? 0) > 0) column += 1;
      const first = column;
      column += spanOf(cell, 'colspan', maxSpan.columns);
      const rows = spanOf(cell, 'rowspan', maxSpan.rows) - 1;
      if (rows > 0) for (let at = first; at < Math.min(column, maxSpan.table); at += 1) below[at] = rows;
      return first;
    });
    places.set(one, columns);
    taken = below;
  }
  return places.get(row) ?? [];
}

function spanOf({ attribs }: DomNode, name: 'colspan' | 'rowspan', most: number): number {
  return Math.min(Math.max(1, Math.trunc(Number(attribs?.[name])) || 1), most);
}

const data = new WeakMap<DomNode, boolean>();

/** Whether another row of the table has values in several columns. A single value then belongs to a column, too. */
function isInData(row: DomNode): boolean {
  const table = row.parent;
  if (table === undefined || table === null) return false;
  const known = data.get(table);
  if (known !== undefined) return known;
  const sections = /^(?:thead|tbody|tfoot)$/.test(table.name ?? '')
    ? (table.parent?.children ?? []).filter(({ name }) => /^(?:thead|tbody|tfoot)$/.test(name ?? ''))
    : [table];
  const rows = sections.flatMap(({ children }) => children.filter(({ name }) => name === 'tr'));
  const isData = rows.some((one) => cellsOf(one).filter(isFilled).length > 1 && isShort(one));
  for (const section of sections) data.set(section, isData);
  return isData;
}

function isShortCell(cell: DomNode): boolean {
  if (holds(cell, isStructure)) return false;
  const lines = linesOf(cell);
  return lines.length === 1 || (lines.length <= maxCell.lines && textLength(cell) <= maxCell.characters);
}

/** The lines of a cell, without the paragraphs that office programs wrap them in. Empty lines are left out. */
function linesOf(cell: DomNode): DomNode[][] {
  const lines: DomNode[][] = [[]];
  const read = (nodes: readonly DomNode[]) => {
    for (const node of nodes) {
      if (node.name === 'br') lines.push([]);
      else if (/^(?:p|div|center|address|td|th)$/.test(node.name ?? '')) {
        lines.push([]);
        read(node.children);
        lines.push([]);
      } else if (node.type === 'tag' && holds(node, isBreak)) read(node.children);
      else lines.at(-1)?.push(node);
    }
  };
  read(cell.children);
  const filled = lines.filter((line) => line.some((node) => isContent(node) || holds(node, isContent)));
  return filled.length > 0 ? filled : [[]];
}

const isBreak = ({ name = '' }: DomNode) => /^(?:br|p|div|center|address)$/.test(name);

const structures =
  /^(?:article|aside|blockquote|dl|fieldset|footer|form|h[1-6]|header|hr|main|nav|ol|pre|section|table|tr|ul)$/;

function isStructure(node: DomNode): boolean {
  return node.type === 'tag' && structures.test(node.name ?? '');
}

function isContent(node: DomNode): boolean {
  if (node.type === 'text') return /\S/.test(node.data ?? '');
  return wordsOf(node) !== '' || (node.name === 'a' && !!node.attribs?.href);
}

function textLength(element: DomNode): number {
  let length = 0;
  holds(element, ({ data }) => {
    length += data?.length ?? 0;
    return length > maxCell.characters;
  });
  return length;
}

/** Whether any node inside the element passes. */
function holds(element: DomNode, passes: (node: DomNode) => boolean): boolean {
  const open = element.children?.slice() ?? [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (passes(node)) return true;
    if (node.type === 'tag') for (const child of node.children) open.push(child);
  }
  return false;
}
