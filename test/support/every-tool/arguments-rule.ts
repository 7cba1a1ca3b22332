import { z } from '../../../src/contract/zod.ts';
import { toJsonSchema } from '../../../src/mcp/json-schema.ts';
import { parseArguments } from '../../../src/pipeline/arguments.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { argumentsFor, unwrapped, validValue } from './tool-arguments.ts';

/** What is wrong with the arguments of a tool, and with how it treats them. */
export function argumentProblems(tool: AnyTool): string[] {
  const required = argumentsFor(tool, 'required');
  const fields = Object.entries(tool.input.shape as z.ZodRawShape);
  const descriptions = (toJsonSchema(tool.input).properties ?? {}) as Record<
    string,
    { description?: string }
  >;
  return [
    ...openObjects(tool.input).map((path) => `input${path} accepts unknown members: it needs .strict()`),
    ...fields.flatMap(([name, type]) => [
      ...(descriptions[name]?.description ? [] : [`\`${name}\` has no description: it needs .describe()`]),
      ...misspelt(tool, required, name),
      ...ofWrongType(tool, required, name, type),
      ...inOtherForms(tool, required, name, type),
    ]),
  ].map((problem) => `${tool.name}: ${problem}`);
}

function problemOf(tool: AnyTool, given: object): string | undefined {
  const result = parseArguments(tool.input, given);
  return result.ok ? undefined : result.problem;
}

/** Objects with named members that also accept others. */
function openObjects(schema: z.ZodTypeAny, path = ''): string[] {
  const type = unwrapped(schema);
  if (type instanceof z.ZodArray) return openObjects(type.element, `${path}[]`);
  if (!(type instanceof z.ZodObject)) return [];
  return [
    ...(type._def.unknownKeys === 'strict' ? [] : [path]),
    ...Object.entries(type.shape as z.ZodRawShape).flatMap(([key, one]) =>
      openObjects(one, `${path}.${key}`),
    ),
  ];
}

function misspelt(tool: AnyTool, required: object, name: string): string[] {
  const problem = problemOf(tool, { ...required, [`${name}x`]: 1 }) ?? '';
  return problem.includes(`\`${name}x\` is not an argument; did you mean \``)
    ? []
    : [`the unknown argument \`${name}x\` is not refused with a suggestion: ${problem || 'it is accepted'}`];
}

/** One of these has a type that the argument cannot have. */
const wrongValues = [{ not: { a: 'value' } }, 7, 'neither true nor a number', [[]]];

function ofWrongType(tool: AnyTool, required: object, name: string, type: z.ZodTypeAny): string[] {
  const wrong = wrongValues.find((value) => !type.safeParse(value).success);
  if (wrong === undefined) return [`\`${name}\` accepts anything: it needs a type`];
  const problem = problemOf(tool, { ...required, [name]: wrong }) ?? '';
  return problem.includes(`\`${name}`)
    ? []
    : [`${JSON.stringify(wrong)} for \`${name}\` is not refused by name: ${problem || 'it is accepted'}`];
}

/** Values that models write in another form have to mean the same. */
function inOtherForms(tool: AnyTool, required: object, name: string, type: z.ZodTypeAny): string[] {
  const parsed = (given: object) => JSON.stringify(parseArguments(tool.input, given));
  const bare = unwrapped(type);
  const value = validValue(type);
  const problems: string[] = [];
  const isText = bare instanceof z.ZodString || bare instanceof z.ZodEnum || bare instanceof z.ZodLiteral;
  if (value !== undefined && !isText) {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (parsed({ ...required, [name]: text }) !== parsed({ ...required, [name]: value })) {
      problems.push(`\`${name}\` does not accept ${JSON.stringify(text)}, the text of a valid value`);
    }
  }
  if (type.isOptional()) {
    const { [name]: _, ...others } = required as Record<string, unknown>;
    if (parsed({ ...others, [name]: null }) !== parsed(others)) {
      problems.push(`\`${name}\` is optional but does not accept null`);
    }
  }
  return problems;
}
