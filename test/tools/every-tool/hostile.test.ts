import { describe, expect, it } from 'vitest';
import { z } from '../../../src/contract/zod.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { everyTool } from '../../support/every-tool/covers-every-tool.ts';
import { fixCallIds } from '../../support/every-tool/fix-call-ids.ts';
import { hostileProblems } from '../../support/every-tool/hostile-rule.ts';
import { sampleTool, withAnswer } from '../../support/every-tool/sample-tool.ts';
import {
  hostile,
  hostileLengths,
  hostileLines,
  hostileMechanisms,
  nonce,
} from '../../support/text/hostile.ts';

fixCallIds(nonce);

/**
 * Every mechanism, half of the lengths, and an eighth of the lines: each length is tried with six tools, each line with
 * one or two.
 */
const textsFor = (at: number) => [
  ...inThrees(hostileMechanisms, at),
  ...hostileLengths.filter((_, index) => index % 2 === at % 2),
  ...inThrees(
    hostileLines.filter((_, index) => index % 8 === at % 8),
    at,
  ),
];

/** Three texts in one. A short field has room for the first only, so each of them comes first for every third tool. */
function inThrees(texts: readonly string[], at: number): string[] {
  return Array.from({ length: Math.ceil(texts.length / 3) }, (_, group) => {
    const three = texts.slice(3 * group, 3 * group + 3);
    const first = at % three.length;
    return [...three.slice(first), ...three.slice(0, first)].join('\n');
  });
}

describe('with hostile text in every field of the API', () => {
  it.each(everyTool.map((tool, at) => ({ tool, name: tool.name, at })))(
    '$name stays harmless',
    async ({ tool, at }) => {
      expect(await hostileProblems(tool, textsFor(at))).toEqual([]);
    },
  );
});

describe('the rule about hostile text', () => {
  const [text = ''] = hostile;
  const hidden = hostile.filter((one) => one.includes('\u202e'));

  it('is kept by the sample', async () => {
    expect(await hostileProblems(sampleTool, hostile.slice(0, 40))).toEqual([]);
  });

  it.each<[string, AnyTool, string]>([
    [
      'a name outside the data block',
      withAnswer((view, said) => ({ text: `Names: ${view.sessions[0].name}\n${said}` })),
      'a line outside the data block',
    ],
    [
      'a status outside the data block',
      withAnswer((view, said) => ({ text: `Status ${view.sessions[0].status}\n${said}` })),
      'a line outside the data block',
    ],
    [
      'a text that ends behind its data block',
      withAnswer((_, said) => ({ text: `${said}\nThat is all.` })),
      'no single data block at its end',
    ],
    [
      'a line without a mark in the data block',
      withAnswer((_, said) => ({ text: said.replace('| ', '') })),
      'wrong side of the data block',
    ],
    [
      'invisible characters in the text',
      withAnswer((_, said) => ({ text: said.replace('sessions', 'ses\u200bsions') })),
      'the text hides something',
    ],
    [
      'invisible characters in the JSON',
      {
        ...sampleTool,
        present: async (result, context) => {
          const { view, text: said } = await sampleTool.present(result, context);
          const sessions = view['sessions'] as { status: string }[];
          return {
            text: said,
            view: {
              ...view,
              sessions: sessions.map((row, n) => ({ ...row, status: result.items[n].status })),
            },
          };
        },
      },
      'the JSON hides something',
    ],
    [
      'a long text',
      withAnswer((_, said) => ({ text: `${'long '.repeat(5000)}\n${said}` })),
      'more than 24000',
    ],
    [
      'a long JSON',
      withAnswer((view) => ({ view: { ...view, next_cursor: 'x'.repeat(25_000) } })),
      'more than 24000',
    ],
    [
      'a member that its output schema does not name',
      withAnswer((view) => ({ view: { ...view, total: 3 } })),
      'does not name',
    ],
    [
      'a member of another type than its output schema says',
      withAnswer((view) => ({ view: { ...view, shown: 'three' } })),
      'must be a number, not a string',
    ],
    [
      'a run that throws',
      {
        ...sampleTool,
        run: async () => {
          throw new Error('unforeseen');
        },
      },
      'the call fails: Error: unforeseen',
    ],
    [
      'an output that the published schema does not describe',
      { ...sampleTool, output: sampleTool.output.extend({ shown: z.number().transform(String) }) },
      'does not fit the output schema',
    ],
  ])('finds %s', async (_, tool, problem) => {
    expect((await hostileProblems(tool, [...hidden, text])).join('\n')).toContain(problem);
  });
});
