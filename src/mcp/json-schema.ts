import { zodToJsonSchema } from 'zod-to-json-schema';
import type { z } from '../contract/zod.ts';

export interface ObjectSchema {
  readonly type: 'object';
  readonly properties?: Readonly<Record<string, object>>;
  readonly [keyword: string]: unknown;
}

/**
 * Converts a zod schema to the JSON Schema for models: no `$schema` (some clients reject draft-07), no `$ref`, an object
 * at the root, no lists of types (a union of scalars becomes `anyOf`), and no patterns and lengths of texts. They cost
 * tokens, help no model, and some clients refuse look-aheads. Our own check of the arguments still applies them.
 * @throws TypeError for a zod 4 schema, which the converter would silently turn into an empty one, and for a root that
 * is not a plain object.
 */
export function toJsonSchema(schema: z.ZodTypeAny): ObjectSchema {
  if ('_zod' in schema)
    throw new TypeError('A zod 4 schema cannot be converted; build it with contract/zod.ts.');
  const { $schema, ...converted } = zodToJsonSchema(schema, { $refStrategy: 'none' }) as Record<
    string,
    unknown
  >;
  const plain = simplify(converted) as Record<string, unknown>;
  if (plain['type'] !== 'object') throw new TypeError('The root of a tool schema must be an object.');
  return plain as unknown as ObjectSchema;
}

/** Keywords that are left out, with the type of their values. */
const unpublished = new Map([
  ['pattern', 'string'],
  ['minLength', 'number'],
  ['maxLength', 'number'],
]);

function simplify(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplify);
  if (typeof node !== 'object' || node === null) return node;
  // Under `properties` a key may be a parameter's name, so a keyword is recognised by its value: text, a number or a list.
  const simple = Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => typeof value !== unpublished.get(key))
      .map(([key, value]) => [key, simplify(value)]),
  );
  if (!Array.isArray(simple['type'])) return simple;
  const { type, ...rest } = simple;
  return { anyOf: (type as string[]).map((one) => ({ type: one })), ...rest };
}
