import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { type Published, rules } from '../support/client-rules.ts';
import { everyTool } from '../support/every-tool/covers-every-tool.ts';

const published: Published[] = everyTool.map(({ name, description, input, output }) => ({
  name,
  description,
  inputSchema: toJsonSchema(input),
  outputSchema: toJsonSchema(output),
}));

/** A tool that complies with every rule. */
const plain: Published = {
  name: 'a_tool',
  description: 'Does one small thing.',
  inputSchema: {
    type: 'object',
    properties: { a: { type: 'string', description: 'A letter' } },
    required: ['a'],
    additionalProperties: false,
  },
  outputSchema: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false },
};

describe.each(rules)('$client: $rule', ({ problems, breaker }) => {
  it.each(published)('$name complies', (tool) => {
    expect(problems(tool)).toEqual([]);
  });

  it('can fail', () => {
    expect(problems(plain)).toEqual([]);
    expect(problems({ ...plain, ...breaker })).not.toEqual([]);
  });
});

it('only tools with free-form data cannot use strict mode', () => {
  const free = (schema: unknown): boolean =>
    typeof schema === 'object' &&
    schema !== null &&
    (('additionalProperties' in schema && schema.additionalProperties !== false) ||
      Object.values(schema).some(free));
  expect(published.filter(({ inputSchema }) => free(inputSchema)).map(({ name }) => name)).toEqual([
    'create_session',
    'send_message',
    'update_session',
  ]);
});
