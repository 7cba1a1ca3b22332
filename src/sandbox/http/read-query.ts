import { z } from '../../contract/zod.ts';
import { HttpError, validated } from './errors.ts';

/**
 * The query of a request as its schema wants it. The wire knows only text: `true` and `false` become booleans.
 * Parameters that the operation does not have are ignored.
 * @throws HttpError 400 for an empty or repeated parameter, or a value that the schema refuses.
 */
export function readQuery<S extends z.AnyZodObject>(schema: S, parameters: URLSearchParams): z.output<S> {
  const values: Record<string, string | boolean> = {};
  for (const [name, type] of Object.entries(schema.shape as z.ZodRawShape)) {
    const [text, ...more] = parameters.getAll(name);
    if (text === undefined) continue;
    if (more.length > 0) throw new HttpError(400, `${name}: is given more than once`);
    if (text === '') throw new HttpError(400, `${name}: must not be empty`);
    values[name] = isBoolean(type) ? readBoolean(name, text) : text;
  }
  return validated(schema, values, 'query');
}

function isBoolean(type: z.ZodTypeAny): boolean {
  return (type instanceof z.ZodOptional ? type.unwrap() : type) instanceof z.ZodBoolean;
}

function readBoolean(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new HttpError(400, `${name}: must be true or false`);
  return text === 'true';
}
