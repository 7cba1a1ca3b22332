import { describe, expect, it } from 'vitest';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import type { LastSpeaker } from '../../../src/conversations/reading/last-speaker.ts';
import type { HistoryWindow } from '../../../src/conversations/reading/newest-messages.ts';
import { entriesOf, inboxRow, inboxTranscript } from '../../../src/presenters/inbox/present.ts';
import { fullSession, historyItem } from '../../support/fakes/examples.ts';
import { session } from '../../support/fakes/fakes.ts';

const open = session('s1', { status: 'open', assist_mode: false });

function item(id: string | undefined, from: string, text = 'Words.', more: object = {}): HistoryItem {
  const event = { type: 'message', sender: { type: from }, content: { type: 'text', text }, ...more };
  return { ...(id !== undefined && { id }), created_at: '2026-03-01T11:00:05.120Z', event };
}
const at = '2026-03-01T11:00:05.120Z';

describe('a row of the inbox', () => {
  it('has what is known of a session', async () => {
    expect(await inboxRow(fullSession as Session, undefined)).toEqual({
      id: fullSession.id,
      ticket_number: 4521,
      status: 'open',
      channel: 'web',
      handled_by: 'human',
      sentiment: 'neutral',
      contact: { name: 'Jane Doe', email: 'jane.doe+support@example.co.uk' },
      created_at: '2026-01-31T08:00:00.000Z',
      updated_at: '2026-01-31T07:30:00.000Z',
    });
  });

  it('lacks what is not known', async () => {
    const { ticket_number, ...bare } = open;
    expect(await inboxRow(bare as Session, undefined)).toEqual({
      id: 's1',
      status: 'open',
      channel: 'api',
      handled_by: 'ai',
      created_at: '2026-01-31T08:00:00.000Z',
      updated_at: '2026-01-31T08:00:00.000Z',
    });
  });

  it('cleans the words of the API', async () => {
    const odd = { status: 'o\u200bpen', channel: { type: 'a\u200bpi' }, sentiment: 'h\u200bappy' };
    expect(await inboxRow(session('s\u200b1', odd as never), undefined)).toMatchObject({
      id: 's1',
      status: 'open',
      channel: 'api',
      sentiment: 'happy',
    });
  });

  it.each<[more: Partial<Session>, who: string]>([
    [{ handoff: { summary: 'x', sentiment: null } as never }, 'human'],
    [{ assignee_id: '42' }, 'human'],
    [{ handoff: null as never, assignee_id: null }, 'ai'],
  ])('says who answers: %j', async (more, who) => {
    expect((await inboxRow({ ...open, ...more }, undefined)).handled_by).toBe(who);
  });

  it.each<[what: string, last: LastSpeaker, row: object]>([
    [
      'a customer, who waits',
      { item: item('m1', 'contact', 'Where is it?') },
      { last: { at, from: 'contact', text: 'Where is it?' }, waiting: true },
    ],
    [
      'a name',
      { item: item('m1', 'agent', 'Hi', { sender: { type: 'agent', name: 'Jonas' } }) },
      { last: { at, from: 'agent', name: 'Jonas', text: 'Hi' }, waiting: false },
    ],
    [
      'a claimed name, and files without text',
      {
        item: {
          ...historyItem,
          created_at: at,
          event: { ...historyItem.event, content: undefined },
        } as never,
      },
      { last: { at, from: 'contact', name: 'Jane', attachments: 1 }, waiting: true },
    ],
    [
      'a customer who asks again',
      {
        item: item('m2', 'contact', 'Hello?'),
        earlier: [{ ...item('m1', 'contact'), created_at: '2026-01-01T00:00:00.000Z' }],
      },
      {
        last: { at, from: 'contact', text: 'Hello?' },
        waiting: true,
        waiting_since: expect.stringMatching(/^2026-01-01T00:00/),
      },
    ],
    ['that nobody has spoken', { item: undefined }, { waiting: false }],
    ['that it is not known', { unknown: 'no time' } as LastSpeaker, { last_unknown: 'no time' }],
  ])('says who spoke last: %s', async (_, last, row) => {
    const { id, status, channel, handled_by, ticket_number, created_at, updated_at, ...rest } =
      await inboxRow(open, last);
    expect(rest).toEqual(row);
  });
});

describe('the transcript of the inbox', () => {
  const window: HistoryWindow = {
    items: [item('m1', 'contact', 'Hello?'), item('m2', 'ai', 'Hi.')],
    earlier: [],
    counted: 2,
    complete: true,
    newestReached: true,
    olderExist: false,
    eventsLeftOut: 0,
    unreadable: 0,
  } as never;
  const read = (more: Partial<HistoryWindow>, of = open) => inboxTranscript(of, { ...window, ...more });

  it('has the session, its row and its entries', async () => {
    const transcript = await read({}, fullSession as Session);
    expect(transcript).toMatchObject({
      session: { id: fullSession.id, contact: { verified: { name: 'Jane Doe' } } },
      row: { id: fullSession.id, last: { at, from: 'ai', text: 'Hi.' }, waiting: false },
      entries: [
        { id: 'm1', at, from: 'contact', text: 'Hello?' },
        { id: 'm2', at, from: 'ai', text: 'Hi.' },
      ],
    });
    expect(transcript).not.toHaveProperty('before');
    expect(transcript).not.toHaveProperty('note');
  });

  it.each<[what: string, more: Partial<HistoryWindow>, before: string | undefined]>([
    ['the id of the oldest entry', { olderExist: true }, 'm1'],
    ['its time, if it has no id', { olderExist: true, items: [item(undefined, 'ai')] }, at],
    [
      'the oldest that was read, if none is shown',
      { olderExist: true, items: [], oldestRead: item('m0', 'ai') },
      'm0',
    ],
    ['nothing, if there is none', { olderExist: true, items: [] }, undefined],
    ['nothing, if none are older', { olderExist: false, oldestRead: item('m0', 'ai') }, undefined],
  ])('is continued before %s', async (_, more, before) => {
    expect((await read(more)).before).toBe(before);
  });

  it('says what is missing', async () => {
    const missing = 'The history is too long to be read to its end: the newest entries are missing.';
    expect((await read({ newestReached: false })).note).toBe(missing);
    expect((await read({ newestReached: false, unreadable: 1 })).note).toBe(
      `${missing} 1 entry could not be read and is left out.`,
    );
  });

  it.each<[what: string, more: Partial<HistoryWindow>, row: object]>([
    [
      'the customer',
      { items: [item('m1', 'contact', 'Hello?')] },
      { last: { at, from: 'contact', text: 'Hello?' }, waiting: true },
    ],
    [
      'the customer, who asks again',
      {
        items: [
          item('m1', 'ai', 'Hi.'),
          { ...item('m2', 'contact', 'Hello?'), created_at: '2026-01-01T00:00:00.000Z' },
          item('m3', 'contact', 'Anybody?'),
        ],
      },
      {
        last: { at, from: 'contact', text: 'Anybody?' },
        waiting: true,
        waiting_since: '2026-01-01T00:00:00.000Z',
      },
    ],
    [
      'neither an event nor the system',
      {
        items: [
          item('m1', 'contact', '', { attachments: historyItem.event.attachments }),
          item('m2', 'system'),
          item('m3', 'ai', 'x', { type: 'handoff' }),
        ],
      },
      { last: { at, from: 'contact', attachments: 1 }, waiting: true },
    ],
    [
      'with a name',
      { items: [item('m1', 'agent', 'x'.repeat(161), { sender: { type: 'agent', name: 'Jonas' } })] },
      { last: { at, from: 'agent', name: 'Jonas', text: `${'x'.repeat(160)}…` }, waiting: false },
    ],
    [
      'with a claimed name',
      { items: [item('m1', 'contact', 'x', { sender: { type: 'contact', name: 'Jo' } })] },
      { last: { at, from: 'contact', name: 'Jo', text: 'x' }, waiting: true },
    ],
    ['nobody, in a whole history', { items: [item('m2', 'system')] }, { waiting: false }],
    ['nothing, in a part of a history', { items: [item('m2', 'system')], complete: false }, {}],
    ['nothing, without the newest', { newestReached: false }, {}],
    ['nothing, in an older part', { before: 'm3' }, {}],
  ])('says who spoke last: %s', async (_, more, row) => {
    const { last, waiting, waiting_since } = (await read(more)).row;
    expect({
      ...(last && { last }),
      ...(waiting !== undefined && { waiting }),
      ...(waiting_since && { waiting_since }),
    }).toEqual(row);
  });

  it('has the customer not wait in a closed session', async () => {
    const items = [item('m1', 'contact', 'Thanks')];
    expect((await read({ items }, session('s1'))).row.waiting).toBe(false);
  });

  it('shows mail without what it quotes of earlier messages', async () => {
    const words = 'The parcel left our house on Monday and is due on Friday.';
    const mail = `Where is it?\n\nOn Mon, Mar 2, 2026 at 9:00 AM Jonas <jonas@example.com> wrote:\n> ${words}`;
    const [entry] = (
      await read({ items: [item('m2', 'contact', mail)], earlier: [item('m1', 'agent', words)] })
    ).entries;
    expect(entry?.text).toBe('Where is it?');
    expect(entry?.quoted_chars_left_out).toBeGreaterThan(0);
  });
});

describe('the entries of the inbox', () => {
  it('have files with an id, and without an address', async () => {
    const [first] = historyItem.event.attachments;
    const files = [first, { ...first, id: undefined, name: 'b.png' }];
    const entry = item(undefined, 'contact', 'Hi', { attachments: files });
    expect(await entriesOf(open, [entry])).toEqual([
      {
        at,
        from: 'contact',
        text: 'Hi',
        files: [
          { id: 'f1', name: 'receipt.pdf', type: 'application/pdf', size: 1024 },
          { id: '', name: 'b.png', type: 'application/pdf', size: 1024 },
        ],
      },
    ]);
  });

  it('say how many files are left out', async () => {
    const [first] = historyItem.event.attachments;
    const files = Array.from({ length: 60 }, (_, n) => ({ ...first, id: `f${n}`, name: 'x'.repeat(200) }));
    const [entry] = await entriesOf(open, [item('m1', 'contact', 'Hi', { attachments: files })]);
    expect(entry?.files_left_out).toBe(60 - (entry?.files?.length ?? 0));
    expect(entry?.files_left_out).toBeGreaterThan(0);
    expect(entry).not.toHaveProperty('attachments_left_out');
  });

  it('have the verified name of the contact', async () => {
    const named = item('m1', 'contact', 'Hi', { sender: { type: 'contact', name: 'Jane Doe' } });
    expect(await entriesOf(fullSession as Session, [named])).toMatchObject([{ name: 'Jane Doe' }]);
    expect(await entriesOf(open, [named])).toMatchObject([{ claimed_name: 'Jane Doe' }]);
  });

  it('are cut at 20,000 characters', async () => {
    const [entry] = await entriesOf(open, [item('m1', 'contact', 'x'.repeat(20_001))]);
    expect(entry).toMatchObject({ text: 'x'.repeat(20_000), cut_chars: 1 });
  });

  it('stop reading markup when they are told to', async () => {
    const signal = AbortSignal.abort();
    const html = '<p>Words.</p>';
    const [entry] = await entriesOf(open, [item('m1', 'contact', html)], [], signal);
    expect(entry?.unsafe_chars).toBe(html.length);
  });
});
