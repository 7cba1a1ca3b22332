import { describe, expect, it } from 'vitest';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { fixCallIds } from '../../support/every-tool/fix-call-ids.ts';
import { redactionProblems } from '../../support/every-tool/redaction-rule.ts';
import { sampleTool, withAnswer } from '../../support/every-tool/sample-tool.ts';

fixCallIds('abcdefabcdef');

describe('with personal data in every field of the API', () => {
  it.each(everyTool)('$name shows none of it', async (tool) => {
    expect(await redactionProblems(tool)).toEqual([]);
  });
});

describe('the rule about personal data', () => {
  it('is kept by the sample', async () => {
    expect(await redactionProblems(sampleTool)).toEqual([]);
  });

  it.each([
    [
      'a name in the text alone',
      withAnswer((_, text) => ({ text: `Quistberg\n${text}` })),
      '"quistberg" of "I am Zoe Quistberg" is in the text',
    ],
    [
      'a view that was not made by presented()',
      withAnswer((view) => ({ view: { ...view } })),
      'A view was not made by presented()',
    ],
  ])('finds %s', async (_, tool, problem) => {
    expect((await redactionProblems(tool)).join('\n')).toContain(problem);
  });
});
