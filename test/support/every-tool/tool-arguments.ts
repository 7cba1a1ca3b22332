import { z } from '../../../src/contract/zod.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { now } from '../fakes/fakes.ts';

const file = 'test/support/every-tool/tool-arguments.ts';

/**
 * Values by the name of an argument, where the schema does not say enough: one call must make sense as a whole.
 * Undefined leaves the argument out.
 */
const valuesByName: Readonly<Record<string, unknown>> = {
  // The first file of the second item of a history, which every kind of data has somewhere.
  attachment: '00000000-0000-4000-8000-000000100025',
  // Comes from an earlier answer.
  cursor: undefined,
  // Leaves nothing of generated data.
  contact: undefined,
  utc_offset: '+02:00',
  before: now.toISOString(),
  since: '2026-01-01',
  status: 'open',
  channel_type: 'web',
  until: now.toISOString(),
  contains: undefined,
  from: undefined,
  created_before: now.toISOString(),
  updated_before: now.toISOString(),
  created_after: '2026-01-01',
  updated_after: '2026-01-01',
};

/** Arguments that a tool needs although its schema calls them optional. */
const alsoNeeded: Readonly<Record<string, object>> = {
  update_session: { status: 'closed_resolved' },
  count_sessions: {
    group_by: ['channel', 'sentiment'],
    // They exclude compare_previous.
    updated_after: undefined,
    updated_before: undefined,
  },
  find_messages: { since: '2026-01-01' },
};

/** Any other argument gets the first of these that its schema accepts. */
const texts = [
  '3c90c3cc-0d44-4b50-8888-8dd25736052a',
  'https://example.com/a',
  'ada@example.com',
  '2026-02-01T08:00:00Z',
  'aGVsbG8=',
  'text/plain',
  'channel',
  'en',
];
const numbers = [5, 50, 1, 0, 500, 0.5];

/**
 * Valid arguments for any tool, made from its input schema.
 * @throws if there are none, with what to add and where.
 */
export function argumentsFor(tool: AnyTool, which: 'required' | 'every'): Record<string, unknown> {
  const made = objectOf(tool.input, which) as Record<string, unknown>;
  const given = { ...made, ...alsoNeeded[tool.name] };
  const parsed = tool.input.safeParse(given);
  if (parsed.success) return given;
  const [issue] = parsed.error.issues;
  throw new Error(
    `${tool.name}: no valid value is known for its argument \`${issue?.path.join('.')}\` (${issue?.message}). Add one to valuesByName or texts in ${file}.`,
  );
}

/** What to do when a tool fails with arguments that its schema accepts. */
export function argumentsAdvice(tool: AnyTool, given: object, failure: string): string {
  return `${tool.name} fails with ${JSON.stringify(given)}: ${failure.split('\n')[0]} If it needs other arguments, add them to valuesByName or alsoNeeded in ${file}.`;
}

function objectOf(schema: z.AnyZodObject, which: 'required' | 'every'): object {
  const members = Object.entries(schema.shape as z.ZodRawShape)
    .filter(([, type]) => which === 'every' || !type.isOptional())
    .map(([name, type]) => [name, name in valuesByName ? valuesByName[name] : validValue(type)])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(members);
}

/** A value that the schema accepts; undefined if none is known. */
export function validValue(schema: z.ZodTypeAny): unknown {
  return candidates(unwrapped(schema)).find(
    (value) => value !== undefined && schema.safeParse(value).success,
  );
}

function candidates(type: z.ZodTypeAny): readonly unknown[] {
  if (type instanceof z.ZodString) return texts;
  if (type instanceof z.ZodNumber) return numbers;
  if (type instanceof z.ZodBoolean) return [true];
  if (type instanceof z.ZodEnum) return type.options;
  if (type instanceof z.ZodLiteral) return [type.value];
  if (type instanceof z.ZodUnion)
    return type.options.flatMap((one: z.ZodTypeAny) => candidates(unwrapped(one)));
  if (type instanceof z.ZodArray) return [[validValue(type.element)]];
  if (type instanceof z.ZodRecord) return [{ a_key: validValue(type.valueSchema) }];
  if (type instanceof z.ZodObject) return parts(objectOf(type, 'every'));
  return [...texts, ...numbers, true];
}

/** The object and all smaller ones, the largest first: some members exclude each other. */
function parts(object: object): object[] {
  const entries = Object.entries(object);
  const subsets = Array.from({ length: 2 ** entries.length }, (_, bits) =>
    entries.filter((_entry, index) => (bits & (1 << index)) === 0),
  );
  return subsets.sort((a, b) => b.length - a.length).map((subset) => Object.fromEntries(subset));
}

/** The type below what makes it optional or adds rules to it. */
export function unwrapped(schema: z.ZodTypeAny): z.ZodTypeAny {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodDefault) return unwrapped(schema.removeDefault());
  if (schema instanceof z.ZodEffects) return unwrapped(schema.innerType());
  return schema;
}
