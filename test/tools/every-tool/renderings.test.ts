import { describe, expect, it } from 'vitest';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { renderingProblems } from '../../support/every-tool/renderings-rule.ts';
import { sampleTool, withAnswer } from '../../support/every-tool/sample-tool.ts';

describe('what the JSON says, the text says', () => {
  it.each(everyTool)('in every answer of $name', async (tool) => {
    expect(await renderingProblems(tool, 20)).toEqual([]);
  });
});

describe('the rule about both renderings', () => {
  it('is kept by the sample', async () => {
    expect(await renderingProblems(sampleTool, 20)).toEqual([]);
  });

  it.each([
    [
      'a name that only the JSON has',
      withAnswer((view, text) => ({ text: text.replace(view.sessions[1].name, '') })),
      'list_names.sessions.name is not in the text',
    ],
    [
      'a text that says what the JSON denies',
      withAnswer((_, text) => ({ text: `there are more\n${text}` })),
      'list_names.more is false, but the text says',
    ],
  ])('finds %s', async (_, tool, problem) => {
    expect((await renderingProblems(tool, 1)).join('\n')).toContain(problem);
  });
});
