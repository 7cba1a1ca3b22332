import type { z } from '../contract/zod.ts';
import { InvalidRequestError } from './errors.ts';

/**
 * Validates a query or a body against its documented schema.
 * @throws InvalidRequestError for a value that does not fit, and for a field that does not exist: without a misspelt
 *   filter, a list would hold every session.
 */
export function checkInput(schema: z.ZodTypeAny, value: unknown): unknown {
  // Objects such as URLSearchParams have no fields of their own, so all that they say would be lost.
  if (isObject(value) && Object.prototype.toString.call(value) !== '[object Object]')
    throw new InvalidRequestError('The request must be a plain object. Nothing was sent.');
  const result = schema.safeParse(value);
  if (!result.success) {
    const { path, message } = result.error.issues[0] as z.ZodIssue;
    throw new InvalidRequestError(`${path.join('.') || 'The request'} ${message}. Nothing was sent.`);
  }
  const unknown = unknownField(value, result.data);
  if (unknown !== undefined)
    throw new InvalidRequestError(`${unknown.join('.')} is not an accepted field. Nothing was sent.`);
  return result.data;
}

/** Path of the first field that the schema, which drops what it does not know, has dropped. */
function unknownField(given: unknown, known: unknown): string[] | undefined {
  // Free data, such as the payload of a closing, is returned as it was given. It may be circular.
  if (given === known || !isObject(given) || !isObject(known)) return undefined;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(known, name)) return [name];
    const inner = unknownField(value, known[name]);
    if (inner !== undefined) return [name, ...inner];
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function toQuery(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
