import { zodToJsonSchema } from 'zod-to-json-schema';
import type { z } from '../contract/zod.ts';

export interface ObjectSchema {
  readonly type: 'object';
  readonly properties?: Readonly<Record<string, object>>;
  readonly [keyword: string]: unknown;
}

/**
 * A zod schema as the JSON Schema a model is given: no `$schema` (some clients reject draft-07), no `$ref`, an
 * object at the root, and no lists of types (a union of scalars becomes `anyOf`).
 * @throws TypeError for a zod 4 schema, which the converter would silently turn into an empty one, and for a root
 * that is no plain object.
 */
export function toJsonSchema(schema: z.ZodTypeAny): ObjectSchema {
  if ('_zod' in schema)
    throw new TypeError('A zod 4 schema cannot be converted; build it with contract/zod.ts.');
  const { $schema, ...converted } = zodToJsonSchema(schema, { $refStrategy: 'none' }) as Record<
    string,
    unknown
  >;
  const plain = expandTypeLists(converted) as Record<string, unknown>;
  if (plain['type'] !== 'object') throw new TypeError('The root of a tool schema must be an object.');
  return plain as unknown as ObjectSchema;
}

function expandTypeLists(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(expandTypeLists);
  if (typeof node !== 'object' || node === null) return node;
  const { type, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'type' ? value : expandTypeLists(value)]),
  ) as Record<string, unknown>;
  if (type === undefined) return rest;
  return Array.isArray(type) ? { anyOf: type.map((one) => ({ type: one })), ...rest } : { type, ...rest };
}
