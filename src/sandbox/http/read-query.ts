import { z } from '../../contract/zod.ts';
import { HttpError, validate } from './errors.ts';

/**
 * Parses the query of a request by its schema. Converts `true` and `false` to booleans. Ignores unknown parameters.
 * @throws HttpError 400 for an empty, repeated or invalid parameter. Source: assumption `queryParameters`.
 */
export function readQuery<S extends z.AnyZodObject>(schema: S, parameters: URLSearchParams): z.output<S> {
  const values: Record<string, string | boolean> = {};
  for (const [name, type] of Object.entries(schema.shape as z.ZodRawShape)) {
    const [text, ...more] = parameters.getAll(name);
    if (text === undefined) continue;
    if (more.length > 0) throw new HttpError(400, `${name}: must not be repeated`);
    if (text === '') throw new HttpError(400, `${name}: must not be empty`);
    values[name] = isBoolean(type) ? readBoolean(name, text) : text;
  }
  return validate(schema, values, 'query');
}

function isBoolean(type: z.ZodTypeAny): boolean {
  return (type instanceof z.ZodOptional ? type.unwrap() : type) instanceof z.ZodBoolean;
}

function readBoolean(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new HttpError(400, `${name}: must be true or false`);
  return text === 'true';
}
