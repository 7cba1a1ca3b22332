import type { Session } from '../../../src/contract/entities.ts';
import { z } from '../../../src/contract/zod.ts';
import { bareToken, dataBlock, quoted } from '../../../src/presenters/rendering/quoting.ts';
import { omitEmpty, presented } from '../../../src/presenters/rendering/rendering.ts';
import { cleanLine } from '../../../src/text/clean.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { defineTool, readEffect } from '../../../src/tools/tool.ts';

/** A small tool that keeps every rule. The tests of the rules break it in one point each. */
export const sampleTool: AnyTool = defineTool({
  name: 'list_names',
  title: 'List names',
  description: 'List the names of customers, page by page.',
  effect: readEffect,
  input: z
    .object({
      cursor: z.string().describe('next_cursor of the page before').optional(),
      status: z.enum(['open']).describe('Only such sessions').optional(),
      most: z.number().describe('How many characters of a name').default(50),
    })
    .strict(),
  output: z.object({
    sessions: z.array(z.object({ id: z.string(), status: z.string(), name: z.string().optional() })),
    shown: z.number(),
    more: z.boolean(),
    next_cursor: z.string().optional(),
  }),

  async run({ cursor, status, most }, { client, call }) {
    return { ...(await client.listSessions({ cursor, status }, call)), most };
  },

  present({ items, next, most }: { items: Session[]; next?: string | null; most: number }, context) {
    const sessions = items.map(({ id, status, contact }) => ({
      id: cleanLine(id, 50),
      status: cleanLine(status, 50),
      ...omitEmpty({ name: cleanLine(contact?.name ?? '', most) }),
    }));
    const view = {
      sessions,
      shown: sessions.length,
      more: Boolean(next),
      ...omitEmpty({ next_cursor: next }),
    };
    const end = next ? `there are more: cursor ${next}` : 'the list ends here';
    return presented(
      view,
      (shown) => {
        const rows = shown.sessions.map(({ id, status, name = '' }) =>
          [bareToken(id), bareToken(status), name && quoted(name)].join(' '),
        );
        return [`${shown.shown} sessions; ${end}.`, ...dataBlock(rows, context.nonce)].join('\n');
      },
      context,
    );
  },
});

/** The sample with its answer changed. */
export function withAnswer(
  // biome-ignore lint/suspicious/noExplicitAny: the view of the sample, to be changed at will
  change: (view: any, text: string) => { view?: object; text?: string },
): AnyTool {
  return {
    ...sampleTool,
    present: async (result, context) => {
      const answer = await sampleTool.present(result, context);
      const { view, text } = change(structuredClone(answer.view), answer.text);
      return { ...answer, ...(view && { view }), ...(text !== undefined && { text }) };
    },
  };
}
