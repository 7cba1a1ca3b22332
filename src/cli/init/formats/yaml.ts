import {
  type Document,
  isMap,
  isScalar,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { UnusableFileError } from '../unusable-file.ts';
import { detectStyle, type Format, isObject, type Json } from './format.ts';

/** YAML. The package says where things stand; the text is edited there, because writing a document out reformats it. */
export const yamlFormat: Format = {
  parse(text) {
    const document = documentOf(text);
    const [error] = document.errors;
    if (error) {
      const [{ line, col } = { line: 1, col: 1 }] = error.linePos ?? [];
      const [reason = ''] = error.message.split(/ at line /);
      throw new UnusableFileError(`is not valid YAML (${reason} at line ${line}, column ${col})`);
    }
    const value: unknown = toValue(document);
    if (value === null || value === undefined) return {};
    if (!isObject(value)) throw new UnusableFileError('does not contain a YAML mapping');
    return value;
  },
  add(text, [key = ''], name, value) {
    const root = documentOf(text).contents;
    const { eol } = detectStyle(text);
    if (!isMap(root)) return withEol(text, eol) + block({ [key]: { [name]: value } }, '', eol);
    const pair = pairIn(root, key);
    if (root.flow) return addToFlow(text, root, pair ? undefined : { [key]: { [name]: value } });
    if (pair === undefined) return withEol(text, eol) + block({ [key]: { [name]: value } }, '', eol);
    const map = pair.value;
    if (isMap(map) && map.flow) return addToFlow(text, map, { [name]: value });
    if (isScalar(map) && map.value === null && map.source) {
      const [start, end] = rangeOf(map);
      return yamlFormat.add(text.slice(0, start).trimEnd() + text.slice(end), [key], name, value);
    }
    const last = isMap(map) ? map.items.at(-1) : undefined;
    const indent = isMap(map) ? indentOf(text, map.items[0]) : '  ';
    const end = lineAfter(text, endOf(last ?? pair));
    return insert(text, skipComments(text, end, indent), block({ [name]: value }, indent, eol), eol);
  },
  replace(text, [key = ''], name, value) {
    const { map, pair } = memberAt(text, key, name);
    if (map.flow) {
      const [start, end] = rangeOf(pair.value as Node);
      return text.slice(0, start) + JSON.stringify(value) + text.slice(end);
    }
    const { eol } = detectStyle(text);
    const [start, end] = linesOf(text, pair);
    return text.slice(0, start) + block({ [name]: value }, indentOf(text, pair), eol) + text.slice(end);
  },
  remove(text, [key = ''], name) {
    const { map, pair, parent } = memberAt(text, key, name);
    if (map.flow) return removeFromFlow(text, map, pair);
    const [start, end] = linesOf(text, pair);
    const kept = text.slice(0, start) + text.slice(end);
    if (map.items.length > 1) return kept;
    // An empty block would mean null.
    const [, colon] = rangeOf(parent.key as Node);
    const at = text.indexOf(':', colon) + 1;
    return `${kept.slice(0, at)} {}${kept.slice(at)}`;
  },
};

/** The only document of a text. */
function documentOf(text: string): Document.Parsed {
  const [document = parseDocument(''), second] = parseAllDocuments(text, { merge: true });
  if (second !== undefined) throw new UnusableFileError('contains several YAML documents');
  return document;
}

function toValue(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UnusableFileError(`cannot be read as YAML (${(error as Error).message})`);
  }
}

const pairIn = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && String(key.value) === name);

function memberAt(text: string, key: string, name: string): { map: YAMLMap; pair: Pair; parent: Pair } {
  const root = documentOf(text).contents;
  const parent = isMap(root) ? pairIn(root, key) : undefined;
  const map = parent?.value;
  const pair = isMap(map) ? pairIn(map, name) : undefined;
  if (parent && isMap(map) && pair) return { map, pair, parent };
  // It comes from an anchor elsewhere.
  throw new UnusableFileError(`has "${name}" in a place that cannot be edited: edit it yourself`);
}

const rangeOf = ({ range }: Node): [start: number, end: number] => [range?.[0] ?? 0, range?.[1] ?? 0];

/** Where the value of a pair ends, or its key if it has none. */
function endOf({ key, value }: Pair): number {
  return Math.max(rangeOf(key as Node)[1], value === null ? 0 : rangeOf(value as Node)[1]);
}

function lineAfter(text: string, offset: number): number {
  // A block text ends with its last line.
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** Past the comments that stand below the last member, at its depth. */
function skipComments(text: string, offset: number, indent: string): number {
  const end = text.indexOf('\n', offset) + 1 || text.length;
  const line = text.slice(offset, end);
  const isComment = line.startsWith(indent) && line.trimStart().startsWith('#');
  return isComment && end > offset ? skipComments(text, end, indent) : offset;
}

function indentOf(text: string, pair: Pair | undefined): string {
  const [start] = rangeOf(pair?.key as Node);
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
}

function linesOf(text: string, pair: Pair): [start: number, end: number] {
  const [start] = rangeOf(pair.key as Node);
  return [text.lastIndexOf('\n', start - 1) + 1, lineAfter(text, endOf(pair))];
}

/** Members in block style, indented. */
function block(value: Json, indent: string, eol: string): string {
  const lines = stringify(value, { lineWidth: 0 }).trimEnd().split('\n');
  return lines.map((line) => indent + line + eol).join('');
}

const withEol = (text: string, eol: string) => (text === '' || text.endsWith('\n') ? text : text + eol);

function insert(text: string, offset: number, content: string, eol: string): string {
  return withEol(text.slice(0, offset), eol) + content + text.slice(offset);
}

/** JSON is YAML in flow style. */
function addToFlow(text: string, map: YAMLMap, value: Json | undefined): string {
  if (value === undefined) throw new UnusableFileError('is in flow style ({ ... }): edit it yourself');
  const close = rangeOf(map)[1] - 1;
  const before = text.slice(0, close).trimEnd();
  const comma = map.items.length === 0 || before.endsWith(',') ? '' : ',';
  const members = JSON.stringify(value).slice(1, -1);
  return `${before}${comma} ${members} ${text.slice(close)}`;
}

function removeFromFlow(text: string, map: YAMLMap, pair: Pair): string {
  const [start] = rangeOf(pair.key as Node);
  const end = endOf(pair);
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  if (next) return text.slice(0, start) + text.slice(rangeOf(next.key as Node)[0]);
  const previous = map.items[index - 1];
  return text.slice(0, previous ? endOf(previous) : start) + text.slice(end);
}
