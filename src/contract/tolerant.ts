import { z } from './zod.ts';

/**
 * The type of a documented value as a reader should hold it: closed word lists become plain strings, and what
 * may be absent may also be null (and the other way round).
 */
export type Tolerant<T> = T extends string
  ? string
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Tolerant<Item>[]
      : T extends object
        ? {
            [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: Tolerant<T[K]>;
          } & {
            [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?:
              | Tolerant<NonNullable<T[K]>>
              | null
              | undefined;
          }
        : T;

/**
 * Derives the schema for *reading* from a documented one: unknown keys pass through, new words in an enum are
 * strings, formats are not checked, and an optional or nullable key may be missing or null. An API that grows
 * must not break a reader; what we send stays strict.
 */
export function tolerant<S extends z.ZodTypeAny>(
  schema: S,
): z.ZodType<Tolerant<z.infer<S>>, z.ZodTypeDef, unknown> {
  return loosen(schema) as unknown as z.ZodType<Tolerant<z.infer<S>>, z.ZodTypeDef, unknown>;
}

function loosen(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return loosen(schema.unwrap()).nullish();
  if (schema instanceof z.ZodDefault) return loosen(schema.removeDefault()).nullish();
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodString || schema instanceof z.ZodLiteral) {
    return z.string();
  }
  if (schema instanceof z.ZodArray) return z.array(loosen(schema.element));
  if (schema instanceof z.ZodRecord) {
    // One odd value in somebody's custom data must not make a whole page unreadable.
    return schema.valueSchema instanceof z.ZodUnknown ? schema : z.record(z.unknown().transform(asScalar));
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape as z.ZodRawShape).map(([key, value]) => [key, loosen(value)]);
    return z.object(Object.fromEntries(shape)).passthrough();
  }
  return schema;
}

function asScalar(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(JSON.stringify(value));
}
