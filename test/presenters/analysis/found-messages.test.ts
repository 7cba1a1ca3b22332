import { describe, expect, it } from 'vitest';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import type { FoundMessages } from '../../../src/conversations/analysis/find-messages.ts';
import { type FoundMessage, foundMessage } from '../../../src/conversations/analysis/messages/find-order.ts';
import { presentFoundMessages } from '../../../src/presenters/analysis/found-messages.ts';
import { FoundMessagesView } from '../../../src/presenters/analysis/found-messages-view.ts';
import { draftsPart } from '../../../src/presenters/sending/drafts.ts';
import { message, session } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';

const context = { now: new Date('2026-03-01T12:00:00Z'), nonce: 'n0' };
const start = Date.parse('2026-03-01T11:00:00Z');

const said = (minute: number, text = `text ${minute}`): HistoryItem => ({
  id: `m${minute}`,
  created_at: new Date(start + minute * 60_000).toISOString(),
  event: { type: 'message', sender: { type: 'agent' }, content: { type: 'text', text } },
});

/** The messages at these places of a history. */
const at = (of: Session, history: readonly HistoryItem[], ...indexes: number[]): FoundMessage[] =>
  indexes.flatMap((index) => foundMessage(of, history, index) ?? []);

async function present(
  more: Partial<FoundMessages>,
  { cursor, drafts }: { cursor?: string; drafts?: Parameters<typeof presentFoundMessages>[4] } = {},
) {
  const found: FoundMessages = {
    ...{ messages: [], since: start, until: undefined, contains: undefined, claimed: 0 },
    ...{ failed: [], passedOver: 0, inPart: [], unreadable: 0, interrupted: undefined, stop: undefined },
    coverage: { sessionsRead: 2, sessionsMatching: 2, complete: true },
    positionAfter: () => undefined,
    nextSinceAfter: () => ({ at: 0, handedOut: [] }),
    ...more,
  };
  const cursorAfter = (n: number) => (n === found.messages.length ? cursor : `after ${n}`);
  const { view, text } = await presentFoundMessages(found, cursorAfter, () => 'later', context, drafts);
  expect(FoundMessagesView.strict().parse(view)).toEqual(view);
  return { view, lines: text.split('\n') };
}

const part = { sessionsRead: 2, complete: false };
const incomplete =
  'INCOMPLETE: read 2 sessions so far; numbers below are for these only. Continue: cursor c1';
const reading = 'Read 2 sessions so far; the next page reads on.';

describe('an answer over many sessions', () => {
  it('says that there is nothing, and since when', async () => {
    const { view, lines } = await present({ until: start + 60_000 });
    expect(view).toEqual({
      messages: [],
      shown: 0,
      more: false,
      next_since: 'later',
      coverage: { sessions_read: 2, sessions_matching: 2, complete: true },
    });
    expect(lines).toEqual([
      'Complete: read 2 of 2 sessions.',
      'Nothing found after 2026-03-01T11:00:00.000Z and before 2026-03-01T11:01:00.000Z.',
      'What is new after this answer: since later',
    ]);
  });

  it('counts the messages, and says how to go on', async () => {
    const history = [said(1), said(2)];
    const one = await present({ messages: at(session('s1'), history, 1) }, { cursor: 'c1' });
    expect(one.lines.slice(0, 2)).toEqual([
      'Complete: read 2 of 2 sessions.',
      '1 message after 2026-03-01T11:00:00.000Z, and there are more. Next page: cursor c1',
    ]);
    const two = await present({ messages: at(session('s1'), history, 1, 0) });
    expect(two.lines[1]).toBe('2 messages, newest first, after 2026-03-01T11:00:00.000Z.');
  });

  it.each<[Partial<FoundMessages>, first: string]>([
    [{}, reading],
    [{ stop: { why: 'enough' } }, reading],
    [{ stop: { why: 'enough' }, interrupted: 'failed' }, reading],
    [{ interrupted: 'failed' }, incomplete],
    [{ stop: { why: 'time' } }, incomplete],
    [{ stop: { why: 'rate_limited', retryAfterSeconds: 3 } }, incomplete],
    [{ failed: [session('s1')] }, incomplete],
    [{ passedOver: 1 }, incomplete],
    [{ inPart: [session('s1')] }, incomplete],
    [{ unreadable: 1 }, incomplete],
  ])('that goes on is incomplete only if something before is missing: %j', async (more, first) => {
    const { lines } = await present({ ...more, coverage: part }, { cursor: 'c1' });
    expect(lines[0]).toBe(first);
    expect(lines[1]?.endsWith(' Next page: cursor c1')).toBe(first === reading);
    const whole = await present({ ...more, coverage: part });
    expect(whole.lines[0]).toBe(incomplete.split(' Continue')[0]);
  });

  it('says between which times its sessions changed', async () => {
    const newest = '2026-03-01T11:30:00Z';
    const coverage = { ...part, newest, oldest: '2026-03-01T11:10:00Z' };
    expect((await present({ coverage })).lines).toContain(
      'The sessions read last changed between 2026-03-01T11:10Z and 2026-03-01T11:30Z.',
    );
  });

  const sessions = (n: number) => Array.from({ length: n }, (_, i) => session(`s${i}`, { ticket_number: i }));
  const unnumbered = { ...session('s\u200b9'), ticket_number: undefined as unknown as number };
  it.each<[Partial<FoundMessages>, note: string | undefined]>([
    [{}, undefined],
    [{ claimed: 1 }, '1 session belongs to this contact only by what the customer claims.'],
    [{ claimed: 2 }, '2 sessions belong to this contact only by what the customer claims.'],
    [
      { failed: [session('s1', { ticket_number: 7 })] },
      '1 session could not be read: #7. To read one: get_session_history.',
    ],
    [
      { failed: [...sessions(1), unnumbered] },
      '2 sessions could not be read: #0 s9. To read one: get_session_history.',
    ],
    [
      { failed: sessions(20) },
      `20 sessions could not be read: ${sessions(20)
        .map(({ ticket_number: n }) => `#${n}`)
        .join(' ')}. To read one: get_session_history.`,
    ],
    [
      { failed: sessions(22) },
      `22 sessions could not be read: ${sessions(20)
        .map(({ ticket_number: n }) => `#${n}`)
        .join(' ')} and 2 more. To read one: get_session_history.`,
    ],
    [
      { inPart: sessions(1) },
      'The history of #0 is too long to be read to its end at once. The same question within a minute reads on, as does get_session_history.',
    ],
    [{ passedOver: 1 }, 'Earlier answers to this question name 1 session that could not be read to the end.'],
    [
      { passedOver: 2 },
      'Earlier answers to this question name 2 sessions that could not be read to the end.',
    ],
    [{ stop: { why: 'rate_limited', retryAfterSeconds: undefined } }, 'The rate budget is used up.'],
    [
      { stop: { why: 'rate_limited', retryAfterSeconds: 3 }, unreadable: 1 },
      '1 entry could not be read and is left out. The rate budget is used up, more in 3 s.',
    ],
    [{ stop: { why: 'enough' } }, 'Sessions that were not read changed earlier than these messages.'],
    [{ stop: { why: 'time' } }, 'There was no time left to read more.'],
  ])('says what is missing: %j', async (more, note) => {
    const { view, lines } = await present(more);
    expect(view.note).toBe(note);
    if (note !== undefined) expect(lines).toContain(note);
  });

  it('names no sessions of earlier answers if this one has its own', async () => {
    const { view } = await present({ failed: sessions(1), inPart: sessions(1), passedOver: 3 });
    expect(view.note).not.toContain('Earlier answers');
  });

  it('has the drafts of the caller first', async () => {
    const own = { drafts: [{ draft: aDraft(), state: 'waiting' }], leftOut: 0, failed: false } as const;
    const messages = at(session('s1'), [said(1)], 0);
    const { view, lines } = await present({ messages }, { drafts: draftsPart(own) });
    expect(view.drafts).toMatchObject([{ number: 1, text: 'Hello' }]);
    expect(lines).toContain('Your drafts: number 1 waiting.');
    expect(lines.findIndex((line) => line.startsWith('| draft 1'))).toBeLessThan(
      lines.findIndex((line) => line.includes('text 1')),
    );
  });

  it('cuts what was written for a draft to what a message may have', async () => {
    const decision = { id: 'd', by: 'sam', at: 0, reason: 'x'.repeat(500) };
    const draft = aDraft({ state: 'rejected', decision });
    const own = { drafts: [{ draft, state: 'rejected' }], leftOut: 0, failed: false } as const;
    const { view } = await present({}, { drafts: draftsPart(own) });
    expect(view.drafts?.[0]?.reason).toBe(`${'x'.repeat(400)}…`);
  });
});

describe('a message that was found', () => {
  const whose = session('s1', { ticket_number: 7, channel: { type: 'email' } });

  it('names its session in full only once, and by its id if there is no ticket', async () => {
    const bare = { ...session('s2'), ticket_number: undefined as unknown as number };
    const history = [said(1), said(2)];
    const { view, lines } = await present({
      messages: [...at(whose, history, 1), ...at(bare, history, 1, 0), ...at(whose, history, 0)],
    });
    expect(
      view.messages.map(({ session_id, ticket_number, channel }) => [session_id, ticket_number, channel]),
    ).toEqual([
      ['s1', 7, 'email'],
      ['s2', undefined, 'api'],
      ['s2', undefined, 'api'],
      ['s1', 7, 'email'],
    ]);
    expect(lines.filter((line) => line.endsWith(' agent:'))).toEqual([
      '| 2026-03-01T11:02Z #7 s1 email agent:',
      '| 11:02Z s2 api agent:',
      '| 11:01Z s2 agent:',
      '| 11:01Z #7 agent:',
    ]);
  });

  it('is cut at 400 characters', async () => {
    const { view } = await present({
      messages: at(whose, [said(1, 'x'.repeat(401)), said(2, 'y'.repeat(400))], 1, 0),
    });
    expect(view.messages).toMatchObject([{ text: 'y'.repeat(400) }, { text: 'x'.repeat(400), cut_chars: 1 }]);
    expect(view.messages[0]).not.toHaveProperty('cut_chars');
  });

  it('is shown around the words that were searched for', async () => {
    const text = `${'a… '.repeat(400)}tea kettle${' b…'.repeat(400)}`;
    const found = (contains: string, words = text) =>
      present({ messages: at(whose, [said(1, words)], 0), contains }).then(({ view }) => view.messages[0]);
    const shown = await found('„tea kettle“');
    expect(shown?.text).toMatch(/^….*tea kettle.*…$/);
    const kept = (shown?.text ?? '').replace(/^…|…$/g, '');
    expect(shown?.cut_chars).toBe(text.length - kept.length);
    const short = 'y'.repeat(400);
    expect(await found('y', short)).toMatchObject({ text: short });
    expect(await found('y', short)).not.toHaveProperty('cut_chars');
    const long = await found('tea', `tea ${'z '.repeat(10_500)}`);
    expect(long?.cut_chars).toBe(21_003 - (long?.text ?? '').replace(/…$/, '').length);
  });

  it('without text has no part of it', async () => {
    const file = { id: 'f', name: 'a.png', size: 1, type: 'image/png', url: 'https://files.example/a' };
    const item = { ...said(1), event: { type: 'message', sender: { type: 'agent' }, attachments: [file] } };
    const { view } = await present({ messages: at(whose, [item], 0), contains: 'tea' });
    expect(view.messages).toMatchObject([{ attachments: [{ name: 'a.png' }] }]);
  });

  const words = 'The parcel left our house on Monday and is due on Friday.';
  const mail = `When?\n\nOn Mon, Mar 2, 2026 at 9:00 AM Jonas <jonas@example.com> wrote:\n> ${words}`;
  it.each<[string, apart: number, shown: number[]]>([
    ['of the same stretch', 1, [2, 0]],
    ['before the first one shown', 1, [2]],
    ['although the messages shown are far apart', 70, [72, 0]],
  ])('lacks what it quotes of a message %s', async (_, apart, shown) => {
    const history = [
      said(0, words),
      ...Array.from({ length: apart }, (_, n) => said(n + 1)),
      said(100, mail),
    ];
    if (apart > 1) history.splice(50, 0, said(50, words));
    const { view } = await present({ messages: at(whose, history, ...shown) });
    expect(view.messages.map(({ text }) => text)).toEqual(['When?', words].slice(0, shown.length));
  });

  it('lacks what it quotes of the message before it, however many came later', async () => {
    const later = Array.from({ length: 60 }, (_, n) => said(n + 10));
    const { view } = await present({ messages: at(whose, [said(0, words), said(1, mail), ...later], 1) });
    expect(view.messages[0]?.text).toBe('When?');
  });

  it('that does not fit is left for the next answer', async () => {
    const history = Array.from({ length: 120 }, (_, n) => said(n, 'é'.repeat(400)));
    const indexes = history.map((_, n) => n).toReversed();
    const { view, lines } = await present({ messages: at(whose, history, ...indexes) });
    expect(view.shown).toBeLessThan(120);
    expect(view).toMatchObject({ more: true, next_cursor: `after ${view.shown}` });
    expect(lines[1]).toContain(`Next page: cursor after ${view.shown}`);
  });

  it('has the verified name of the contact', async () => {
    const item = message('m1', start);
    const named = { ...item, event: { ...item.event, sender: { type: 'contact', name: 'Jane Doe' } } };
    const contact = { id: 'c1', name: 'Jane Doe' } as never;
    const { view } = await present({ messages: at({ ...whose, contact }, [named], 0) });
    expect(view.messages[0]?.name).toBe('Jane Doe');
  });
});
