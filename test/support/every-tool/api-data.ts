import { Uuid } from '../../../src/contract/primitives.ts';
import { type Route, routes } from '../../../src/contract/routes.ts';
import { z } from '../../../src/contract/zod.ts';
import { now } from '../fakes/fakes.ts';
import type { ApiAnswer, ApiRequest, Operation } from './fake-api.ts';

/** How the data of an answer is made from the schema of its operation. */
export interface Filling {
  /** The text of a string. `path` leads to it: `items.0.contact.name`. */
  text(path: string): string;
  /** Whether ids, times and words with a fixed meaning are replaced by texts as well. */
  readonly everywhere: boolean;
  /** Whether an optional member is present. */
  optional(): boolean;
}

/**
 * Strings with a fixed meaning that the contract does not list. Add one here if a tool has to find it in the API's data.
 */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  'event.type': ['message'],
  'sender.type': ['contact', 'ai', 'agent'],
  'content.type': ['text'],
  'messages.type': ['message'],
};

/** Numbers every value of one set of data, so that no two are equal. */
function numbering() {
  let last = 100_000;
  return () => {
    last += 1;
    return last;
  };
}

/** Items of a paged operation, each a minute later than the one before. */
export function apiItems(
  operation: Operation,
  filling: (index: number) => Filling,
  count: number,
  next = numbering(),
): unknown[] {
  const { response }: Route = routes[operation];
  if (response === null || !isPage(response)) throw new Error(`${operation} has no pages.`);
  const { element } = response.shape['items'] as z.ZodArray<z.ZodTypeAny>;
  return Array.from({ length: count }, (_, index) =>
    makeValue(element, `items.${index}`, filling(index), next, 2),
  );
}

export function isPage(response: z.ZodTypeAny | null): response is z.AnyZodObject {
  return response instanceof z.ZodObject && 'items' in response.shape && 'next' in response.shape;
}

function makeValue(
  schema: z.ZodTypeAny,
  path: string,
  filling: Filling,
  next: () => number,
  items: number,
): unknown {
  const inside = (type: z.ZodTypeAny, key: string | number) =>
    makeValue(type, `${path}.${key}`, filling, next, items);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    if (filling.optional()) return makeValue(schema.unwrap(), path, filling, next, items);
    return schema instanceof z.ZodNullable ? null : undefined;
  }
  if (schema instanceof z.ZodString) return stringOf(schema, path, filling, next());
  if (schema instanceof z.ZodEnum)
    return filling.everywhere ? filling.text(path) : pick(schema.options, next());
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodNumber) return next();
  if (schema instanceof z.ZodBoolean) return path.endsWith('.success') || next() % 2 === 0;
  if (schema instanceof z.ZodUnion) return inside(schema.options[0], '');
  if (schema instanceof z.ZodArray) {
    return Array.from({ length: items }, (_, index) => inside(schema.element, index));
  }
  if (schema instanceof z.ZodRecord) {
    return { [filling.text(path)]: inside(schema.valueSchema, 'a'), plain: inside(schema.valueSchema, 'b') };
  }
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape as z.ZodRawShape).map(([key, type]) => [
      key,
      inside(type, key),
    ]);
    // The API may send members that are not documented.
    const isOpen = schema._def.unknownKeys === 'passthrough' && filling.everywhere;
    return {
      ...Object.fromEntries(members),
      ...(isOpen ? { [filling.text(path)]: filling.text(path) } : {}),
    };
  }
  if (schema instanceof z.ZodUnknown) return filling.text(path);
  throw new Error(
    `${path}: no value can be made for a ${schema.constructor.name}. Add one to makeValue in test/support/every-tool/api-data.ts.`,
  );
}

function stringOf(schema: z.ZodString, path: string, filling: Filling, number: number): string {
  if (filling.everywhere) return filling.text(path);
  const steps = path.split('.').filter((step) => !/^\d+$/.test(step));
  const key = steps.at(-1) ?? '';
  if (schema === Uuid || key === 'id') return uuid(number);
  if (key.endsWith('_at')) return new Date(now.getTime() - 4e9 + (number - 100_000) * 60_000).toISOString();
  const words = vocabulary[steps.slice(-2).join('.')];
  return words ? pick(words, number) : filling.text(path);
}

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

/**
 * Answers every request with such data. A sent message is the first one of the history, so the others are replies.
 * @param filling for the item at an index; data without items is filled like the first.
 */
export function answersWith(
  filling: (index: number) => Filling,
  items: number,
): (request: ApiRequest) => ApiAnswer {
  const bodies = new Map<Operation, string>();
  return ({ operation, query }) => {
    // A cursor asks for the page after the only one.
    if (query['cursor']) return { status: 200, body: '{"items":[],"next":null}' };
    const body = bodies.get(operation) ?? JSON.stringify(dataOf(operation, filling, items)) ?? '';
    bodies.set(operation, body);
    return { status: 200, body };
  };
}

function dataOf(operation: Operation, filling: (index: number) => Filling, items: number): unknown {
  const { response }: Route = routes[operation];
  if (response === null) return undefined;
  if (isPage(response)) return { items: apiItems(operation, filling, items), next: null };
  const data = makeValue(response, operation, filling(0), numbering(), items);
  if (operation !== 'sendMessage') return data;
  // Ids of the history are optional, the id of a sent message is not.
  const [{ id = uuid(0) }] = apiItems('listHistory', filling, 1) as [{ id?: string }];
  return { ...(data as object), success: true, data: { message: { id } } };
}
