import { withinBudget } from '../contract/bounded-json.ts';
import { z } from '../contract/zod.ts';
import { cleanLine } from '../text/clean.ts';
import { closestMatch } from '../text/closest-match.ts';
import { isInjected } from './injected-arguments.ts';

export type ParsedArguments =
  /** `ignored` names the arguments that were dropped. */
  { ok: true; value: unknown; ignored: readonly string[] } | { ok: false; problem: string };

/**
 * Checks a call's arguments against a tool's strict input schema. Accepted habits of models: a number as text, a boolean
 * as text, a text of digits as a number, an object or list as JSON text, one text for a list of texts, and null or `""` for an absent optional argument. Accepted from agent
 * frameworks: the arguments that they add themselves.
 * @returns the parsed arguments, or a text with one sentence per problem. Each names its argument.
 */
export function parseArguments(schema: z.AnyZodObject, rawArguments: unknown): ParsedArguments {
  if (isTooMuch(rawArguments)) return { ok: false, problem: tooMuch };
  const { kept, ignored } = dropInjected(schema, rawArguments ?? {});
  const relaxed = relax(schema, kept);
  // Arguments in JSON text count as well.
  if (isTooMuch(relaxed)) return { ok: false, problem: tooMuch };
  const long = longText(schema, relaxed);
  if (long !== undefined) {
    return { ok: false, problem: `\`${pathText(long)}\`: is longer than ${maxText} characters.` };
  }
  const rounded = roundedNumber(relaxed);
  if (rounded !== undefined) {
    const problem = `\`${pathText(rounded)}\`: integers beyond 9007199254740991 lose digits as JSON numbers. Pass it as text.`;
    return { ok: false, problem };
  }
  const result = schema.safeParse(relaxed);
  if (result.success) return { ok: true, value: result.data, ignored };
  const problems = new Set<string>();
  const { issues } = result.error;
  let named = 0;
  for (; named < issues.length && problems.size < maxProblems; named += 1) {
    problems.add(describeIssue(issues[named] as z.ZodIssue, schema));
  }
  const others = issues.length - named;
  return {
    ok: false,
    problem: [...problems, ...(others > 0 ? [`And ${others} more problems.`] : [])].join(' '),
  };
}

/** Far above what a call needs. Checking a million values would take seconds, and naming their problems gigabytes. */
const maxValues = 10_000;
const maxDepth = 100;
const tooMuch = `The arguments have more than ${maxValues} values, or are nested more than ${maxDepth} deep.`;

/** For a text whose schema has no limit. Comparing megabytes with what was sent before would hold everybody up. */
const maxText = 100_000;

/** Problems and unknown names that are listed. */
const maxProblems = 10;

/** A message may list what is accepted, and then repeats the value. */
const maxMessage = 600;

/** Characters of a name or value of the caller's that a problem repeats. */
const maxEcho = 100;

function isTooMuch(root: unknown): boolean {
  let level = [root];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object') continue;
      // Not Object.values, which would copy a million members first. Null has none.
      const members = value as Record<string, unknown>;
      for (const key in members) {
        values += 1;
        if (values > maxValues) return true;
        below.push(members[key]);
      }
    }
    level = below;
  }
  return false;
}

/** The path to a text, or a key, that is too long. */
function longText(schema: z.ZodTypeAny | undefined, value: unknown): string[] | undefined {
  const type = schema && unwrap(schema);
  if (typeof value === 'string') {
    const hasLimit = type instanceof z.ZodString && type.maxLength !== null;
    // In the place of an object or a list it is refused for that.
    return value.length > maxText && !hasLimit && !isContainer(type) ? [] : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const path = key.length > maxText ? [] : longText(memberOf(type, key), member);
    if (path) return [key, ...path];
  }
  return undefined;
}

function isContainer(type: z.ZodTypeAny | undefined) {
  return type instanceof z.ZodObject || type instanceof z.ZodRecord || type instanceof z.ZodArray;
}

function memberOf(type: z.ZodTypeAny | undefined, key: string): z.ZodTypeAny | undefined {
  if (type instanceof z.ZodObject) return (type.shape as z.ZodRawShape)[key];
  return type instanceof z.ZodArray ? type.element : undefined;
}

/** The path to an integer whose last digits were lost when its JSON was parsed. */
function roundedNumber(value: unknown): string[] | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const path = roundedNumber(member);
    if (path) return [key, ...path];
  }
  return undefined;
}

/** Keeps `sessionId` if the session is not named otherwise: then it is a misspelled argument. */
function dropInjected(schema: z.AnyZodObject, given: unknown): { kept: unknown; ignored: string[] } {
  // Anything else has none of these names, and a text of megabytes would become a list of its characters.
  if (!isPlainObject(given)) return { kept: given, ignored: [] };
  const isMisspelled = (key: string) =>
    key === 'sessionId' && 'session_id' in schema.shape && given['session_id'] === undefined;
  const ignored = Object.keys(given).filter(
    (key) => isInjected(key) && !Object.hasOwn(schema.shape, key) && !isMisspelled(key),
  );
  const kept = Object.entries(given).filter(([key]) => !ignored.includes(key));
  return { kept: ignored.length === 0 ? given : Object.fromEntries(kept), ignored };
}

function relax(schema: z.ZodTypeAny, value: unknown): unknown {
  const type = unwrap(schema);
  // A ticket number, a phone number or a query of digits.
  if (type instanceof z.ZodString && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string') {
    const text = value.trim();
    if (type instanceof z.ZodNumber) return numberIn(text, type) ?? value;
    if (type instanceof z.ZodBoolean)
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : value;
    if (isContainer(type)) {
      const parsed = parseJsonContainer(text);
      // One value for a list of texts.
      if (parsed === undefined) return isListOfTexts(type) && text !== '' ? [value] : value;
      return relax(type, parsed);
    }
    return value;
  }
  if (type instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => relax(type.element, item));
  if (type instanceof z.ZodObject && isPlainObject(value)) {
    const shape = type.shape as z.ZodRawShape;
    const relaxed = { ...value };
    for (const [key, item] of Object.entries(value)) {
      const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (field === undefined) continue;
      if (item === null || (item === '' && field.isOptional())) delete relaxed[key];
      else relaxed[key] = relax(field, item);
    }
    return relaxed;
  }
  return value;
}

/** A fraction that is too small for a number would make it whole, so no whole number is read from one. */
function numberIn(text: string, { isInt }: z.ZodNumber): number | undefined {
  const written = isInt ? /^-?\d+(?:\.0+)?$/ : /^-?\d+(?:\.\d+)?$/;
  return written.test(text) ? Number(text) : undefined;
}

function isListOfTexts(type: z.ZodTypeAny): boolean {
  return type instanceof z.ZodArray && unwrap(type.element) instanceof z.ZodString;
}

function unwrap(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault) return unwrap(schema.removeDefault());
  if (schema instanceof z.ZodEffects) return unwrap(schema.innerType());
  return schema;
}

function parseJsonContainer(text: string): unknown {
  if (!/^[[{]/.test(text) || withinBudget(text)?.leftOut !== 0) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeIssue(issue: z.ZodIssue, schema: z.AnyZodObject): string {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    const others = issue.keys.length - maxProblems;
    return [
      ...issue.keys.slice(0, maxProblems).map((key) => {
        const close = closestMatch(key, known);
        const hint = close ? `did you mean \`${close}\`?` : `accepted: ${known.join(', ')}.`;
        return `\`${pathText([...issue.path, key])}\` is not an argument; ${hint}`;
      }),
      ...(others > 0 ? [`And ${others} more names that are not arguments.`] : []),
    ].join(' ');
  }
  if (path === '') return `The arguments ${issue.message}.`;
  if (issue.code === 'invalid_type' && issue.received === 'undefined') return `\`${path}\` ${issue.message}.`;
  // A message of our own says all that is accepted.
  const isOwn = issue.code === 'custom';
  const description =
    issue.path.length === 1 && !isOwn ? schema.shape[issue.path[0] as string]?.description : undefined;
  const message = acceptedNumber(typeAt(schema, issue.path)) ?? cleanLine(issue.message, maxMessage);
  return `\`${path}\`: ${message}.${description ? ` (${description}.)` : ''}`;
}

/** One sentence for all that can be wrong with a whole number, so that it is not corrected step by step. */
function acceptedNumber(type: z.ZodTypeAny | undefined): string | undefined {
  if (!(type instanceof z.ZodNumber) || !type.isInt || type.minValue === null) return undefined;
  const { minValue, maxValue } = type;
  return `must be a whole number${maxValue === null ? `, ${minValue} or more` : ` from ${minValue} to ${maxValue}`}`;
}

/** Keys of custom data are the caller's, so they may be long. */
function pathText(path: readonly (string | number)[]): string {
  return path.map((step) => cleanLine(String(step), maxEcho)).join('.');
}

function knownKeys(schema: z.AnyZodObject, path: readonly (string | number)[]): string[] {
  const type = typeAt(schema, path);
  return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
}

function typeAt(schema: z.AnyZodObject, path: readonly (string | number)[]): z.ZodTypeAny | undefined {
  let node: z.ZodTypeAny | undefined = schema;
  for (const step of path) {
    const type: z.ZodTypeAny | undefined = node && unwrap(node);
    if (type instanceof z.ZodObject || type instanceof z.ZodArray) node = memberOf(type, String(step));
  }
  return node && unwrap(node);
}
