import { boundedJson } from './bounded-json.ts';
import { RecordId, Uuid } from './primitives.ts';
import { z } from './zod.ts';

/** `T` as `lenientReader` returns it: enums are `string`, optional members may be null, nullable ones absent. */
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

/** Reads one value. @throws UnreadableError if the value has another type. */
export type Reader<T> = (value: unknown) => T;

/** A value that cannot be read. `path` leads to it from the root. */
export class UnreadableError extends Error {
  path: string[] = [];
}

/**
 * Derives a reader for API responses from a documented schema. A new field, a new enum value or one malformed record
 * must not make a whole page unreadable:
 *
 * - Unknown keys pass through. Formats and enum values are not checked.
 * - An optional or nullable member may be absent or null.
 * - A member of another type counts as missing; see `isUnreadable`. A missing required member gets a default.
 * - Only ids of records, the `items` of a page and the `event` of a history item are required: a response is useless without
 *   them.
 * - The cursor of the next page is kept as text, whatever its type: without it a list would seem to end there.
 * - A record of a page or of search results that lacks what is required is left out, and counted in `unreadable`.
 *
 * Requests are validated by the strict schema.
 *
 * The readers are plain functions because an equivalent zod schema (`.catch()` on every member, `.passthrough()` on
 * every object) is 8 to 19 times slower: 2.2 ms instead of 0.11 ms for a page of 25 full sessions, 0.58 ms instead of
 * 0.07 ms for a page of 50 messages (Node 20).
 */
export function lenientReader<S extends z.ZodTypeAny>(schema: S): Reader<Lenient<z.infer<S>>> {
  const reader = derived.get(schema) ?? derive(schema);
  derived.set(schema, reader);
  return reader as Reader<Lenient<z.infer<S>>>;
}

/** Lists of records: of a page, and of search results. */
const recordLists: readonly string[] = ['items', 'contacts', 'messages'];

const derived = new WeakMap<z.ZodTypeAny, Reader<unknown>>();

/** Default for a missing required string. */
const missingString = 'unknown';

function derive(schema: z.ZodTypeAny): Reader<unknown> {
  const type = unwrap(schema);
  if (type instanceof z.ZodEnum || type instanceof z.ZodString || type instanceof z.ZodLiteral) {
    return ofType('string');
  }
  if (type instanceof z.ZodNumber) return ofType('number');
  if (type instanceof z.ZodBoolean) return ofType('boolean');
  if (type instanceof z.ZodArray) return listOf(derive(type.element));
  if (type instanceof z.ZodRecord) {
    return type.valueSchema instanceof z.ZodUnknown ? plainObject : scalarRecord;
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
  return value.map((item, index) => readAt(String(index), readItem, item));
};

/** Copies an object without its `__proto__` key, which an assignment would turn into the prototype. */
function plainObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableError('expected an object');
  }
  const members: Record<string, unknown> = { ...value };
  // biome-ignore lint/suspicious/noProto: an own key, not the accessor
  if (Object.hasOwn(members, '__proto__')) delete members['__proto__'];
  return members;
}

/** A list counts as a record of its indices. */
function scalarRecord(value: unknown): Record<string, unknown> {
  const members = plainObject(Array.isArray(value) ? { ...value } : value);
  for (const key of Object.keys(members)) members[key] = asScalar(members[key]);
  return members;
}

function deriveObject(shape: z.ZodRawShape): Reader<unknown> {
  const members = Object.entries(shape).map(([key, member]) => [key, deriveMember(key, member)] as const);
  // The `content` of a history event may be a plain string.
  const acceptsString = 'text' in shape;
  const lists = recordLists.flatMap((key) => {
    const list = shape[key];
    return list instanceof z.ZodArray ? [[key, derive(list.element)] as const] : [];
  });
  return (value) => {
    const object = acceptsString && typeof value === 'string' ? { text: value } : plainObject(value);
    let unreadable = 0;
    for (const [key, readRecord] of lists) {
      const list = object[key];
      if (!Array.isArray(list)) continue;
      const records = list.flatMap((record) => readOrSkip(readRecord, record));
      unreadable += list.length - records.length;
      object[key] = records;
    }
    if (unreadable > 0) object['unreadable'] = unreadable;
    for (const [key, read] of members) {
      if (recordLists.includes(key) && Array.isArray(object[key])) continue;
      const member = readAt(key, read, object[key]);
      if (member !== undefined || key in object) object[key] = member;
    }
    return object;
  };
}

function readOrSkip(read: Reader<unknown>, record: unknown): unknown[] {
  try {
    return [read(record)];
  } catch (error) {
    if (error instanceof UnreadableError) return [];
    throw error;
  }
}

/** Reads a member, or returns its default if it cannot be read. */
function deriveMember(key: string, member: z.ZodTypeAny): Reader<unknown> {
  const read = derive(member);
  if (key === 'next') return readCursor;
  if (member === Uuid || member === RecordId || key === 'items' || key === 'event') return read;
  const mayBeMissing = member.isOptional() || member.isNullable();
  const makeDefault = mayBeMissing ? () => undefined : defaultFor(key, member, read);
  return (value) => {
    if (mayBeMissing && (value === null || value === undefined)) return value;
    if (value === undefined) return makeDefault();
    try {
      return read(value);
    } catch {
      return makeDefault();
    }
  };
}

/** A value that is not text is sent back as it came. If the API refuses it, the list is known to go on. */
function readCursor(value: unknown): string | null | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value;
  return value === false ? null : JSON.stringify(value);
}

function defaultFor(key: string, member: z.ZodTypeAny, read: Reader<unknown>): () => unknown {
  if (member instanceof z.ZodNumber) return () => undefined;
  if (member instanceof z.ZodArray) return () => [];
  if (member instanceof z.ZodBoolean) return () => false;
  if (member instanceof z.ZodObject || member instanceof z.ZodRecord) return () => read({});
  return () => (key === 'text' ? '' : missingString);
}

/** Whether a record has this member, but not of a type that could be read. The API itself cannot send `undefined`. */
export function isUnreadable(record: object, key: string): boolean {
  return Object.hasOwn(record, key) && record[key as keyof typeof record] === undefined;
}

function readAt(key: string, read: Reader<unknown>, value: unknown): unknown {
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
    : boundedJson(value);
}
