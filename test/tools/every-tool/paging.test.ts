import { describe, expect, it } from 'vitest';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { linksOf, pagedElsewhere, pagingProblems } from '../../support/every-tool/paging-rule.ts';
import { sampleTool, withAnswer } from '../../support/every-tool/sample-tool.ts';

describe('the pages', () => {
  it.each(everyTool.filter((tool) => linksOf(tool).length > 0 && !(tool.name in pagedElsewhere)))(
    'of $name hand out everything once and end',
    async (tool) => {
      expect(await pagingProblems(tool)).toEqual([]);
    },
  );

  it('end somewhere: a tool that takes a cursor gives one, and the other way round', () => {
    const halves = everyTool.filter(
      (tool) =>
        linksOf(tool).length === 0 && ('cursor' in tool.input.shape || 'next_cursor' in tool.output.shape),
    );
    expect(halves.map(({ name }) => name)).toEqual([]);
  });
});

describe('the rule about pages', () => {
  it('is kept by the sample', async () => {
    expect(await pagingProblems(sampleTool)).toEqual([]);
  });

  it.each([
    [
      'a row that is lost',
      withAnswer(({ sessions, ...rest }) => ({
        view: { ...rest, sessions: sessions.slice(1), shown: sessions.length - 1 },
      })),
      'are never handed out',
    ],
    [
      'a row that is repeated',
      withAnswer(({ sessions, ...rest }) => ({
        view: { ...rest, sessions: [...sessions, sessions[0]], shown: sessions.length + 1 },
      })),
      'are handed out again',
    ],
    [
      'a wrong number of rows',
      withAnswer((view) => ({ view: { ...view, shown: 99 } })),
      '`shown` is 99, but the answer has 7 rows',
    ],
    [
      'an end that is not said',
      withAnswer((view) => ({ view: { ...view, more: true } })),
      '`more` is true, but `next_cursor` is undefined',
    ],
    [
      'pages without end',
      {
        ...sampleTool,
        run: (input: object, context: never) => sampleTool.run({ ...input, cursor: '2' }, context),
      },
      'it still does not end',
    ],
    [
      'a list that ends too early',
      withAnswer(({ next_cursor, ...view }) => ({ view: { ...view, more: false } })),
      'are never handed out',
    ],
  ])('finds %s', async (_, tool, problem) => {
    expect((await pagingProblems(tool)).join('\n')).toContain(problem);
  });
});
