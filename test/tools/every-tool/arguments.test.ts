import { describe, expect, it } from 'vitest';
import { z } from '../../../src/contract/zod.ts';
import { type AnyTool, tools } from '../../../src/tools/index.ts';
import { argumentProblems } from '../../support/every-tool/arguments-rule.ts';
import { sampleTool } from '../../support/every-tool/sample-tool.ts';
import { argumentsFor } from '../../support/every-tool/tool-arguments.ts';

const withArgument = (type: z.ZodTypeAny): AnyTool => ({
  ...sampleTool,
  input: sampleTool.input.extend({ extra: type }),
});

describe('the arguments', () => {
  it.each(tools)('of $name are described, strict, and refused by name', (tool) => {
    expect(argumentProblems(tool)).toEqual([]);
  });
});

describe('the rule about arguments', () => {
  it('is kept by the sample', () => {
    expect(argumentProblems(sampleTool)).toEqual([]);
  });

  it.each([
    ['no description', withArgument(z.number().optional()), '`extra` has no description'],
    [
      'an input that is not strict',
      { ...sampleTool, input: sampleTool.input.strip() },
      'input accepts unknown',
    ],
    [
      'an object that is not strict',
      withArgument(z.object({ a: z.string().optional() }).describe('An object').optional()),
      'input.extra accepts unknown members',
    ],
    [
      'an object in a list that is not strict',
      withArgument(
        z
          .array(z.object({ a: z.string() }))
          .describe('A list')
          .optional(),
      ),
      'input.extra[] accepts unknown members',
    ],
    [
      'an unknown argument that is accepted',
      { ...sampleTool, input: sampleTool.input.passthrough() },
      'the unknown argument `mostx` is not refused with a suggestion: it is accepted',
    ],
    ['no type', withArgument(z.unknown().describe('Anything')), '`extra` accepts anything'],
    [
      'a number that is not accepted as text',
      withArgument(z.any().refine(Number.isInteger).describe('A number').optional()),
      '`extra` does not accept "5"',
    ],
    [
      'an optional argument that does not accept null',
      withArgument(
        z
          .preprocess((value) => value ?? 1, z.number().optional())
          .transform((n) => n ?? Math.random())
          .describe('x'),
      ),
      '',
    ],
  ])('finds %s', (_, tool, problem) => {
    expect(argumentProblems(tool as AnyTool).join('\n')).toContain(problem);
  });

  it('says what to add when no valid value is known for an argument', () => {
    const tool = withArgument(
      z
        .string()
        .regex(/^T-\d+$/, 'must be a ticket')
        .describe('A ticket'),
    );
    expect(() => argumentsFor(tool, 'required')).toThrow(
      'list_names: no valid value is known for its argument `extra` (Required). Add one to valuesByName or texts in test/support/every-tool/tool-arguments.ts.',
    );
  });
});
