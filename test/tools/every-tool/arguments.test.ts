import { describe, expect, it } from 'vitest';
import { z } from '../../../src/contract/zod.ts';
import { parseArguments } from '../../../src/pipeline/arguments.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { sendMessage } from '../../../src/tools/send-message.ts';
import { argumentProblems } from '../../support/every-tool/arguments-rule.ts';
import { callTool } from '../../support/every-tool/call-tool.ts';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { fakeApi } from '../../support/every-tool/fake-api.ts';
import { sampleTool } from '../../support/every-tool/sample-tool.ts';
import { argumentsFor } from '../../support/every-tool/tool-arguments.ts';
import { hidesSomething } from '../../support/text/hostile.ts';

const withArgument = (type: z.ZodTypeAny): AnyTool => ({
  ...sampleTool,
  input: sampleTool.input.extend({ extra: type }),
});

describe('the arguments', () => {
  it.each(everyTool)('of $name are described, strict, and refused by name', (tool) => {
    expect(argumentProblems(tool)).toEqual([]);
  });
});

describe('a refused argument', () => {
  const unseen = [
    '\u2028',
    '\u0085',
    '\u009b31m',
    '\u202e',
    '\u200b',
    '\u{e0041}',
    '\ud800',
    '\u0000',
    '\u001b[2J',
  ];
  const hostileValues = [unseen.map((one) => `a${one}b`).join(''), 'x\u2028'.repeat(15_000)];

  it.each(everyTool)('of $name is repeated clean and bounded', async (tool) => {
    const api = fakeApi();
    api.answerWith(() => ({ status: 404, body: '{}' }));
    const names = Object.keys(tool.input.shape);
    const required = argumentsFor(tool, 'required');
    const calls = hostileValues.flatMap((value) => [
      ...names.map((name) => ({ ...required, [name]: value })),
      ...names.map((name) => ({ ...required, [name]: { [value]: value } })),
      ...names.map((name) => ({ ...required, [name]: [{ [value]: value }, value] })),
      { ...required, [value]: value },
      Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${value.slice(0, 50)}${n}`, value])),
    ]);
    for (const given of calls) {
      const { outcome } = await callTool(tool, given, api);
      const line = outcome.text.replaceAll('\n', '');
      expect(hidesSomething(line), JSON.stringify(line.slice(0, 300))).toBe(false);
      expect(outcome.text.length).toBeLessThan(24_000);
    }
  });

  it('among thousands is named with the first ones, and the others are counted', () => {
    const attachments = Array(5000).fill({});
    const result = parseArguments(sendMessage.input, {
      session_id: 'a',
      sender: 'agent',
      text: 'x',
      attachments,
    });
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringContaining('And 4990 more problems.'),
    });
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
      'list_names: no valid value is known for its argument `extra` (is required). Add one to valuesByName or texts in test/support/every-tool/tool-arguments.ts.',
    );
  });
});
