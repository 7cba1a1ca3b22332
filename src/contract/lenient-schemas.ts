import { Uuid } from './primitives.ts';
import { z } from './zod.ts';

/**
 * The type of a documented value as a reader should hold it: closed word lists become plain strings, and what
 * may be absent may also be null (and the other way round).
 */
export type Lenient<T> = T extends string
  ? string
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Lenient<Item>[]
      : T extends object
        ? {
            [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: Lenient<T[K]>;
          } & {
            [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?:
              | Lenient<NonNullable<T[K]>>
              | null
              | undefined;
          }
        : T;

/** Reads one value. @throws UnreadableError where it is not what was expected. */
export type Reader<T> = (value: unknown) => T;

/** A value that cannot be read; `path` leads to it from the outermost one. */
export class UnreadableError extends Error {
  path: string[] = [];
}

/**
 * Derives what *reads* a value from its documented schema. An API that grows, or one odd record, must not make a
 * whole page unreadable: unknown keys pass through, enum words are plain strings, formats are not checked, an
 * optional or nullable key may be missing or null, and a member of another type counts as missing. Only the
 * documents' UUIDs, a page's `items` and an entry's `event` must be there: without them an answer is no use.
 * What we send stays strict.
 *
 * It is functions, not a schema of zod's: every answer is read, and a schema with a way out for every member reads
 * ten times as slowly.
 */
export function lenientReader<S extends z.ZodTypeAny>(schema: S): Reader<Lenient<z.infer<S>>> {
  const reader = derived.get(schema) ?? derive(schema);
  derived.set(schema, reader);
  return reader as Reader<Lenient<z.infer<S>>>;
}

const derived = new WeakMap<z.ZodTypeAny, Reader<unknown>>();

/** Stands where a required word is missing. */
const unknownWord = 'unknown';

function derive(schema: z.ZodTypeAny): Reader<unknown> {
  const type = unwrap(schema);
  if (type instanceof z.ZodEnum || type instanceof z.ZodString || type instanceof z.ZodLiteral) {
    return ofType('string');
  }
  if (type instanceof z.ZodNumber) return ofType('number');
  if (type instanceof z.ZodBoolean) return ofType('boolean');
  if (type instanceof z.ZodArray) return listOf(derive(type.element));
  if (type instanceof z.ZodRecord) {
    return type.valueSchema instanceof z.ZodUnknown ? plainObject : scalars;
  }
  if (type instanceof z.ZodObject) return deriveObject(type.shape);
  return (value) => value;
}

function unwrap(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  return schema instanceof z.ZodDefault ? unwrap(schema.removeDefault()) : schema;
}

const ofType = (type: 'string' | 'number' | 'boolean') => (value: unknown) => {
  if (typeof value !== type) throw new UnreadableError(`expected a ${type}`);
  return value;
};

const listOf = (readItem: Reader<unknown>) => (value: unknown) => {
  if (!Array.isArray(value)) throw new UnreadableError('expected a list');
  return value.map((item, index) => at(String(index), readItem, item));
};

/** A copy of an object, without a key that would become its prototype. */
function plainObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableError('expected an object');
  }
  const members: Record<string, unknown> = { ...value };
  // biome-ignore lint/suspicious/noProto: a key of that name, not the accessor
  if (Object.hasOwn(members, '__proto__')) delete members['__proto__'];
  return members;
}

function scalars(value: unknown): Record<string, unknown> {
  const members = plainObject(value);
  for (const key of Object.keys(members)) members[key] = asScalar(members[key]);
  return members;
}

function deriveObject(shape: z.ZodRawShape): Reader<unknown> {
  const members = Object.entries(shape).map(([key, member]) => [key, deriveMember(key, member)] as const);
  // Older answers give the text of a message or a comment as it is, not in an object.
  const mayBeText = 'text' in shape;
  return (value) => {
    const object = mayBeText && typeof value === 'string' ? { text: value } : plainObject(value);
    for (const [key, read] of members) {
      const member = at(key, read, object[key]);
      if (member !== undefined || key in object) object[key] = member;
    }
    return object;
  };
}

/** Whatever cannot be read of a member is replaced, unless the whole is no use without it. */
function deriveMember(key: string, member: z.ZodTypeAny): Reader<unknown> {
  const read = derive(member);
  if (member === Uuid || key === 'items' || key === 'event') return read;
  const mayBeMissing = member.isOptional() || member.isNullable();
  const replacement = mayBeMissing ? () => undefined : replacementFor(key, member, read);
  return (value) => {
    if (mayBeMissing && (value === null || value === undefined)) return value;
    if (value === undefined) return replacement();
    try {
      return read(value);
    } catch {
      return replacement();
    }
  };
}

function replacementFor(key: string, member: z.ZodTypeAny, read: Reader<unknown>): () => unknown {
  if (member instanceof z.ZodNumber) return () => undefined;
  if (member instanceof z.ZodArray) return () => [];
  if (member instanceof z.ZodBoolean) return () => false;
  if (member instanceof z.ZodObject || member instanceof z.ZodRecord) return () => read({});
  return () => (key === 'text' ? '' : unknownWord);
}

function at(key: string, read: Reader<unknown>, value: unknown): unknown {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof UnreadableError) error.path.unshift(key);
    throw error;
  }
}

function asScalar(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(JSON.stringify(value));
}
