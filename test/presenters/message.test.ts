import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../src/contract/entities.ts';
import { lastMessageLines, lastMessageView } from '../../src/presenters/last-message.ts';
import { type MessageView, messageLines, messageViews } from '../../src/presenters/message.ts';
import { session } from '../support/fakes/fakes.ts';

const item = (text: string | undefined, more: object = {}): HistoryItem => ({
  id: 'm1',
  created_at: '2026-03-01T11:00:00Z',
  event: {
    type: 'message',
    sender: { type: 'agent' },
    ...(text !== undefined && { content: { type: 'text', text } }),
    ...more,
  },
});
const words = 'The parcel left our house on Monday and is due on Friday.';
const mail = `When?\n\nOn Mon, Mar 2, 2026 at 9:00 AM Jonas <jonas@example.com> wrote:\n> ${words}`;

describe('messages of a history', () => {
  it('lack what one of them quotes of an earlier one, also if others quote nothing', async () => {
    const views = await messageViews([item('Hello'), item(mail)], 1000, { earlier: [item(words)] });
    expect(views.map(({ text }) => text)).toEqual(['Hello', 'When?']);
  });

  it('are compared with the fifty before them only', async () => {
    const others = (n: number) => Array.from({ length: n }, (_, i) => item(`other ${i}`));
    const textAfter = async (n: number) => {
      const [view] = await messageViews([item(mail)], 1000, { earlier: [item(words), ...others(n)] });
      return view?.text;
    };
    expect(await textAfter(49)).toBe('When?');
    expect(await textAfter(50)).toBe(mail);
  });

  it('count what was cut and what was not even read', async () => {
    const [view] = await messageViews([item('x'.repeat(200_010))], 100);
    expect(view).toMatchObject({ text: 'x'.repeat(100), cut_chars: 199_910 });
  });

  it('count what is hidden from readers', async () => {
    const html = '<html><body><p>Seen</p><p style="display:none">Hidden</p></body></html>';
    const [view] = await messageViews([item(html)], 100);
    expect(view).toMatchObject({ text: 'Seen', hidden_chars: 6 });
    expect((await messageViews([item('<p>Seen</p>')], 100))[0]).not.toHaveProperty('hidden_chars');
  });

  it.each([
    ['agent_comments', true],
    ['scomment', false],
  ])('of the type %s are internal: %s', async (type, isInternal) => {
    const [view] = await messageViews([item('x', { type })], 100);
    expect(view?.internal).toBe(isInternal || undefined);
  });
});

const view = (more: Partial<MessageView>): MessageView => ({
  at: '2026-03-01T11:00Z',
  from: 'agent',
  ...more,
});

describe('the lines of a message', () => {
  const head = '2026-03-01T11:00Z agent';
  it.each<[Partial<MessageView>, lines: string[]]>([
    [{ text: 'Hi' }, [`${head}:`, '  Hi']],
    [{}, [`${head} (no visible text)`]],
    [
      { event: 'handoff', internal: true },
      [`${head} event handoff (internal, the customer does not see it)`],
    ],
    [{ text: 'Hi', cut_chars: 2 }, [`${head} (2 characters left out):`, '  Hi']],
    [
      { text: 'Hi', quoted_chars_left_out: 3 },
      [`${head} (quoted earlier mail, 3 characters, left out):`, '  Hi'],
    ],
    [{ text: 'Hi', hidden_chars: 4 }, [`${head} (4 characters hidden from readers, left out):`, '  Hi']],
    [{ unsafe_chars: 5 }, [`${head} (could not be read safely, 5 characters of markup left out)`]],
    [{ attachments: [{ name: 'a.png' }] }, [`${head}:`, 'attachment "a.png"']],
    [
      { attachments: [{ type: 'image/png', size: 0 }], attachments_left_out: 2 },
      [`${head}:`, 'attachment "image/png", 0 bytes', '2 more attachments left out'],
    ],
  ])('have %j', (more, lines) => {
    expect(messageLines([view(more)])).toEqual(lines);
  });
});

describe('the last message below a row', () => {
  const context = { now: new Date('2026-03-01T12:00:00Z'), nonce: 'n0' };
  it.each<[Parameters<typeof lastMessageLines>[0], lines: string[]]>([
    [{}, []],
    [{ last_message_unknown: 'no time' }, ['  last message not known: no time']],
    [{ customer_waiting: false }, ['  no messages yet']],
    [
      { customer_waiting: true, last_message: { at: '2026-03-01T11:00Z', from: 'contact', text: 'Hi' } },
      ['  CUSTOMER WAITING, last: 2026-03-01T11:00Z (60 min ago) contact: "Hi"'],
    ],
    [
      { customer_waiting: false, last_message: { at: '2026-03-01T11:00Z', from: 'agent' } },
      ['  last: 2026-03-01T11:00Z (60 min ago) agent: no visible text'],
    ],
    [
      {
        customer_waiting: false,
        last_message: {
          ...{ at: '2026-03-01T11:00Z', from: 'agent', text: 'Hi', cut_chars: 1 },
          ...{ quoted_chars_left_out: 2, unsafe_chars: 3, attachments: 4 },
        },
      },
      [
        '  last: 2026-03-01T11:00Z (60 min ago) agent: "Hi" (1 characters left out) (quoted earlier mail, 2 characters, left out) (could not be read safely, 3 characters of markup left out) (attachments: 4)',
      ],
    ],
  ])('says %j', (row, lines) => {
    expect(lastMessageLines(row, context)).toEqual(lines);
  });

  it('has only what a list shows of it', async () => {
    const file = { id: 'f', name: 'a.png', size: 1, type: 'image/png', url: 'https://files.example/a' };
    const shown = await lastMessageView(session('s1'), { item: item('Hi', { attachments: [file, file] }) });
    expect(shown).toEqual({
      last_message: { at: '2026-03-01T11:00Z', from: 'agent', text: 'Hi', attachments: 2 },
      customer_waiting: false,
    });
  });
});
