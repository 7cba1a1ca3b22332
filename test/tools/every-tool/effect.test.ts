import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/conversations/context.ts';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { effectProblems } from '../../support/every-tool/effect-rule.ts';
import { sampleTool } from '../../support/every-tool/sample-tool.ts';

describe('the declared effect', () => {
  it.each(everyTool)('of $name is what it does', async (tool) => {
    expect(await effectProblems(tool)).toEqual([]);
  });
});

describe('the rule about effects', () => {
  const writing = (times: number) => ({
    ...sampleTool,
    run: async (input: object, context: Context) => {
      for (let n = 0; n < times; n += 1) await context.client.createSession({});
      return sampleTool.run(input, context);
    },
  });
  const writes = { ...sampleTool.effect, write: true };

  it('is kept by the sample', async () => {
    expect(await effectProblems(sampleTool)).toEqual([]);
    expect(await effectProblems({ ...writing(1), effect: writes })).toEqual([]);
  });

  it.each([
    ['a read tool that writes', writing(1), 'list_names declares that it only reads, but it writes.'],
    ['a write tool that only reads', { ...sampleTool, effect: writes }, 'but it only reads.'],
    ['two writes in one call', { ...writing(2), effect: writes }, 'list_names makes 2 writing requests'],
    [
      'a read tool that says it may destroy something',
      { ...sampleTool, effect: { ...sampleTool.effect, destructive: true } },
      'give it the effect readEffect',
    ],
  ])('finds %s', async (_, tool, problem) => {
    expect((await effectProblems(tool)).join('\n')).toContain(problem);
  });
});
