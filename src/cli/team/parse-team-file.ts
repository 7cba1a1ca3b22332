import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { z } from '../../contract/zod.ts';
import { cleanLine } from '../../text/clean.ts';
import { closestMatch } from '../../text/closest-match.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { TeamFile, type TeamProblem, teamProblems } from './team-file.ts';

/** More problems are counted, not listed. */
const maxProblems = 10;

/** What follows a member that cannot stand where it is. */
const syntax = { allowTrailingComma: true, disallowComments: false };

/**
 * Parses a team file: JSON with comments.
 * @param path for messages.
 * @throws ConfigurationError that gives line and place of each problem. Values are not repeated, because one may be a
 * secret in the wrong place.
 */
export function parseTeamFile(text: string, path: string): TeamFile {
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\ufeff/, ' '), errors, syntax);
  const [error] = errors;
  if (error || root === undefined) {
    const what = error === undefined ? 'is empty' : spelled(printParseErrorCode(error.error));
    throw new ConfigurationError(`${path}:${lineAt(text, error?.offset ?? 0)}: ${what}.`);
  }
  const duplicate = duplicateKey(root);
  if (duplicate !== undefined)
    throw new ConfigurationError(
      `${path}:${lineAt(text, duplicate.offset)}: ${nameOf(duplicate)} is there twice.`,
    );
  const parsed = TeamFile.safeParse(dataOf(root));
  const problems = parsed.success
    ? teamProblems(parsed.data, suggestion)
    : parsed.error.issues.flatMap(problemsOf);
  if (parsed.success && problems.length === 0) return parsed.data;
  const lines = problems
    .slice(0, maxProblems)
    .map((problem) => `${path}:${lineOf(text, root, problem.path)}: ${sentence(problem)}`);
  const more = problems.length - lines.length;
  throw new ConfigurationError([...lines, ...(more > 0 ? [`And ${more} more problems.`] : [])].join('\n'));
}

function sentence({ path, message }: TeamProblem): string {
  const place = path.map((step) => cleanLine(String(step), 40)).join('.');
  return `${place === '' ? '' : `${place}: `}${message.endsWith('?') ? message : `${message}.`}`;
}

function problemsOf(issue: z.ZodIssue): TeamProblem[] {
  const { path } = issue;
  if (issue.code !== z.ZodIssueCode.unrecognized_keys) return [{ path, message: issue.message }];
  const known = knownKeys(path);
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: `is not a setting${suggestion(key, known) || (known.length > 0 ? `; known: ${known.join(', ')}` : '')}`,
  }));
}

function suggestion(name: string, known: readonly string[]): string {
  const close = closestMatch(name, known);
  return close ? `; did you mean ${close}?` : '';
}

/** The settings at a place of the file. */
function knownKeys(path: readonly (string | number)[]): string[] {
  let schema: z.ZodTypeAny = TeamFile;
  for (const step of path) {
    const type = bare(schema);
    if (type instanceof z.ZodObject) schema = (type.shape as z.ZodRawShape)[String(step)] ?? z.never();
    else if (type instanceof z.ZodRecord) schema = type.element;
    else if (type instanceof z.ZodArray) schema = type.element;
  }
  const type = bare(schema);
  return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
}

function bare(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional) return bare(schema.unwrap());
  return schema instanceof z.ZodDefault ? bare(schema.removeDefault()) : schema;
}

function lineOf(text: string, root: Node, path: readonly (string | number)[]): number {
  const node = findNodeAtLocation(root, [...path]);
  // The name of a member, rather than its value.
  if (node?.parent?.type === 'property') return lineAt(text, node.parent.offset);
  if (node) return lineAt(text, node.offset);
  return path.length === 0 ? 1 : lineOf(text, root, path.slice(0, -1));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The first key that its object already has: JSON would silently take the last one. */
function duplicateKey(node: Node): Node | undefined {
  const keys = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [key] = child.children ?? [];
    if (child.type === 'property' && key) {
      if (keys.has(key.value)) return key;
      keys.add(key.value);
    }
    const below = duplicateKey(child);
    if (below) return below;
  }
  return undefined;
}

function nameOf(key: Node): string {
  return cleanLine(String(key.value), 40);
}

/** Like `JSON.parse`, but a key `__proto__` is a key. */
function dataOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(dataOf);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).map(({ children: [key, value] = [] }) => [key?.value, value && dataOf(value)]),
  );
}

/** `CommaExpected` -> `comma expected`. */
function spelled(code: string): string {
  return code.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase();
}
