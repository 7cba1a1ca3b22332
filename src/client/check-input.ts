import type { z } from '../contract/zod.ts';
import { InvalidRequestError } from './errors.ts';

/**
 * Validates a query or a body against its documented schema.
 * @throws InvalidRequestError for a value that does not fit, and for a field that does not exist: without a misspelt
 *   filter, a list would hold every session.
 */
export function checkInput(schema: z.ZodTypeAny, value: unknown): unknown {
  if (isOpaque(value)) throw new InvalidRequestError('The request must be a plain object. Nothing was sent.');
  const result = schema.safeParse(value);
  if (!result.success) {
    const { path, message } = result.error.issues[0] as z.ZodIssue;
    throw new InvalidRequestError(`${path.join('.') || 'The request'} ${message}. Nothing was sent.`);
  }
  const lost = lostField(value, result.data);
  if (lost !== undefined)
    throw new InvalidRequestError(`${lost.path.join('.')} ${lost.message}. Nothing was sent.`);
  return result.data;
}

interface LostField {
  readonly path: readonly string[];
  readonly message: string;
}

/** The first field that the schema, which drops what it does not know, has dropped. */
function lostField(given: unknown, known: unknown): LostField | undefined {
  // Free data, such as the payload of a closing, is returned as it was given. It may be circular.
  if (given === known || !isObject(given) || !isObject(known)) return undefined;
  if (!Array.isArray(given) && isOpaque(given)) return { path: [], message: 'must be a plain object' };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(known, name)) return { path: [name], message: 'is not an accepted field' };
    const inner = lostField(value, known[name]);
    if (inner !== undefined) return { ...inner, path: [name, ...inner.path] };
  }
  return undefined;
}

/** Whether all that an object says is in its fields: URLSearchParams, Map and others have none, so it would be lost. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** An object of another kind, such as URLSearchParams. */
export function isOpaque(value: unknown): boolean {
  return isObject(value) && !isPlainObject(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function toQuery(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
