import { Uuid } from './primitives.ts';
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
 * Derives the schema for *reading* from a documented one. An API that grows, or one odd record, must not make a
 * whole page unreadable: unknown keys pass through, enum words are plain strings, formats are not checked, an
 * optional or nullable key may be missing or null, and a member of another type counts as missing. Only the
 * documents' UUIDs, a page's `items` and an entry's `event` must be there: without them an answer is no use.
 * What we send stays strict.
 */
export function tolerant<S extends z.ZodTypeAny>(
  schema: S,
): z.ZodType<Tolerant<z.infer<S>>, z.ZodTypeDef, unknown> {
  const loose = derived.get(schema) ?? loosen(schema);
  derived.set(schema, loose);
  return loose as unknown as z.ZodType<Tolerant<z.infer<S>>, z.ZodTypeDef, unknown>;
}

/** Deriving costs ten times what parsing with the result does, and every answer is parsed. */
const derived = new WeakMap<z.ZodTypeAny, z.ZodTypeAny>();

/** Stands where a required word is missing. */
const unknownWord = 'unknown';

function loosen(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return loosen(schema.unwrap());
  if (schema instanceof z.ZodDefault) return loosen(schema.removeDefault());
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodString || schema instanceof z.ZodLiteral) {
    return z.string();
  }
  if (schema instanceof z.ZodArray) return z.array(loosen(schema.element));
  if (schema instanceof z.ZodRecord) {
    return schema.valueSchema instanceof z.ZodUnknown ? schema : z.record(z.unknown().transform(asScalar));
  }
  if (schema instanceof z.ZodObject) return loosenObject(schema);
  return schema;
}

function loosenObject(schema: z.AnyZodObject): z.ZodTypeAny {
  const shape = schema.shape as z.ZodRawShape;
  const members = Object.entries(shape).map(([key, member]) => [key, loosenMember(key, member)]);
  const object = z.object(Object.fromEntries(members)).passthrough();
  // Older answers give the text of a message or a comment as it is, not in an object.
  return 'text' in shape
    ? z.preprocess((value) => (typeof value === 'string' ? { text: value } : value), object)
    : object;
}

function loosenMember(key: string, member: z.ZodTypeAny): z.ZodTypeAny {
  const loose = loosen(member);
  if (member === Uuid || key === 'items' || key === 'event') return loose;
  if (member.isOptional() || member.isNullable()) return loose.nullish().catch(undefined);
  if (loose instanceof z.ZodString) return loose.catch(key === 'text' ? '' : unknownWord);
  if (loose instanceof z.ZodArray) return loose.catch([]);
  if (loose instanceof z.ZodBoolean) return loose.catch(false);
  if (loose instanceof z.ZodNumber) return loose.optional().catch(undefined);
  return loose.catch(() => loose.parse({}));
}

function asScalar(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(JSON.stringify(value));
}
