import { z } from '../contract/zod.ts';
import { closestMatch } from '../text/closest-match.ts';
import { injectedArguments } from './injected-arguments.ts';

export type ParsedArguments =
  /** `ignored` names the arguments that were dropped. */
  { ok: true; value: unknown; ignored: readonly string[] } | { ok: false; problem: string };

/**
 * Checks a call's arguments against a tool's strict input schema. Accepted habits of models: a number as text, a boolean
 * as text, an object or list as JSON text, and null or `""` for an absent optional argument. Accepted from agent
 * frameworks: the arguments that they add themselves.
 * @returns the parsed arguments, or a text with one sentence per problem. Each names its argument.
 */
export function parseArguments(schema: z.AnyZodObject, rawArguments: unknown): ParsedArguments {
  const { kept, ignored } = dropInjected(schema, rawArguments ?? {});
  const result = schema.safeParse(relax(schema, kept));
  if (result.success) return { ok: true, value: result.data, ignored };
  const problems = result.error.issues.map((issue) => describeIssue(issue, schema));
  return { ok: false, problem: [...new Set(problems)].join(' ') };
}

/** Keeps `sessionId` if the session is not named otherwise: then it is a misspelled argument. */
function dropInjected(schema: z.AnyZodObject, given: unknown): { kept: unknown; ignored: string[] } {
  if (!isPlainObject(given)) return { kept: given, ignored: [] };
  const isMisspelled = (key: string) =>
    key === 'sessionId' && 'session_id' in schema.shape && given['session_id'] === undefined;
  const ignored = Object.keys(given).filter(
    (key) => injectedArguments.has(key) && !Object.hasOwn(schema.shape, key) && !isMisspelled(key),
  );
  const kept = Object.entries(given).filter(([key]) => !ignored.includes(key));
  return { kept: ignored.length === 0 ? given : Object.fromEntries(kept), ignored };
}

function relax(schema: z.ZodTypeAny, value: unknown): unknown {
  const type = unwrap(schema);
  if (typeof value === 'string') {
    const text = value.trim();
    if (type instanceof z.ZodNumber) return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : value;
    if (type instanceof z.ZodBoolean)
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() === 'true' : value;
    if (type instanceof z.ZodObject || type instanceof z.ZodRecord || type instanceof z.ZodArray) {
      const parsed = parseJsonContainer(text);
      return parsed === undefined ? value : relax(type, parsed);
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

function unwrap(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault) return unwrap(schema.removeDefault());
  if (schema instanceof z.ZodEffects) return unwrap(schema.innerType());
  return schema;
}

function parseJsonContainer(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
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
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys
      .map((key) => {
        const close = closestMatch(key, known);
        const hint = close ? `did you mean \`${close}\`?` : `accepted: ${known.join(', ')}.`;
        return `\`${[...issue.path, key].join('.')}\` is not an argument; ${hint}`;
      })
      .join(' ');
  }
  if (path === '') return `The arguments must be an object: ${issue.message}.`;
  if (issue.code === 'invalid_type' && issue.received === 'undefined') return `\`${path}\` is required.`;
  const description =
    issue.path.length === 1 ? schema.shape[issue.path[0] as string]?.description : undefined;
  return `\`${path}\`: ${issue.message}.${description ? ` (${description}.)` : ''}`;
}

function knownKeys(schema: z.AnyZodObject, path: readonly (string | number)[]): string[] {
  let node: z.ZodTypeAny | undefined = schema;
  for (const step of path) {
    const type: z.ZodTypeAny | undefined = node && unwrap(node);
    if (type instanceof z.ZodObject) node = (type.shape as z.ZodRawShape)[String(step)];
    else if (type instanceof z.ZodArray) node = type.element;
  }
  const type = node && unwrap(node);
  return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
}
