import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { RateLimitedError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { InputRequired } from '../../../src/conversations/sending/send-question.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { sendMessage } from '../../../src/tools/send-message.ts';
import { contextOf, fakeClock, seeded } from '../../support/fakes/fakes.ts';

const seconds = 1000;

function entry(id: string | undefined, at: number, sender: string, text: string): HistoryItem {
  return {
    ...(id === undefined ? {} : { id }),
    created_at: new Date(at).toISOString(),
    event: { type: 'message', sender: { type: sender }, content: { type: 'text', text } },
  };
}

interface Story {
  /** The history before the message. */
  earlier?: HistoryItem[];
  /** What is added to it, and when: seconds after the message was sent. */
  later?: { after: number; sender: string; text?: string; event?: string }[];
  newestFirst?: boolean;
  pageSize?: number;
  /** Whether the history has ids. */
  ids?: boolean;
  /** How long the call may take. */
  callSeconds?: number;
  fail?: (request: number) => Error | undefined;
  /** The wall clock is set by this much while the message is sent. */
  setClock?: number;
}

/** A session that gets the message `Hello`, and then further ones while the clock runs. */
function setUp(story: Story) {
  const {
    earlier = [],
    later = [],
    newestFirst = false,
    pageSize = 50,
    ids = true,
    callSeconds = 60,
  } = story;
  const progress: string[] = [];
  const pauses: number[] = [];
  const cursors: (string | undefined)[] = [];
  const apiClock = fakeClock((ms) => pauses.push(ms));
  let shift = 0;
  const clock = { ...apiClock, now: () => apiClock.now() + shift };
  const history = [...earlier];
  const start = clock.now();
  const pending = [...later];
  const client: Partial<SessionsClient> = {
    clockOffset: () => -shift,
    sendMessage: async (_, body) => {
      shift = story.setClock ?? 0;
      history.push(entry(ids ? 'own' : undefined, apiClock.now(), body.sender, body.message.text));
      return { outcome: 'sent', messageId: 'own' };
    },
    listHistory: async (_, { cursor } = {}) => {
      cursors.push(cursor);
      const error = story.fail?.(cursors.length);
      if (error) throw error;
      while (pending[0] && start + pending[0].after * seconds <= apiClock.now()) {
        const {
          after,
          sender,
          text = 'Answer',
          event = 'message',
        } = pending.shift() as (typeof later)[number];
        const id = ids ? `later${after}.${history.length}` : undefined;
        const item = entry(id, start + after * seconds, sender, text);
        history.push({ ...item, event: { ...item.event, type: event } });
      }
      const ordered = newestFirst ? history.toReversed() : history;
      const from = Number(cursor ?? 0);
      const next = from + pageSize < ordered.length ? String(from + pageSize) : null;
      return { items: ordered.slice(from, from + pageSize), next };
    },
  };
  const controller = new AbortController();
  const context = contextOf(client, {
    clock,
    progress: (message) => void progress.push(message),
    call: { signal: controller.signal, deadline: Deadline.after(callSeconds * seconds, clock) },
  });
  const send = async (sender: 'contact' | 'agent', wait: number) => {
    const given = { session_id: 's1', sender, text: 'Hello', wait_for_reply_seconds: wait };
    const result = await sendMessage.run(sendMessage.input.parse(given), context);
    if (result instanceof InputRequired) throw new Error('a question');
    const { view } = await sendMessage.present(result, context);
    expect(sendMessage.output.parse(view)).toEqual(view);
    expect(view).toMatchObject({ session_id: 's1', outcome: 'sent', message_id: 'own' });
    return view;
  };
  return { send, context, progress, pauses, cursors, controller };
}

const minutesAgo = (minutes: number) => Date.now() - minutes * 60 * seconds;
const chat = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    entry(`m${i}`, minutesAgo(n + 1 - i), i % 2 ? 'ai' : 'contact', `text ${i}`),
  );

describe('send_message with wait_for_reply_seconds', () => {
  it('does not read the history unless asked to wait', async () => {
    const { send, cursors } = setUp({ later: [{ after: 0, sender: 'ai' }] });
    expect(await send('contact', 0)).not.toHaveProperty('replies');
    expect(cursors).toEqual([]);
  });

  it('ends with the first answer of the other side and returns it', async () => {
    const { send, pauses } = setUp({
      earlier: chat(5),
      later: [{ after: 6, sender: 'ai', text: 'It is on its way' }],
    });
    const view = await send('contact', 45);
    expect(view.replies).toMatchObject([{ from: 'ai', text: 'It is on its way' }]);
    const waited = pauses.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThanOrEqual(6 * seconds);
    expect(waited).toBeLessThan(11 * seconds);
    expect(view.reply_note).toBe(`Answered after ${Math.round(waited / seconds)} s.`);
  });

  it.each([-3_600_000, 0, 3_600_000])(
    'finds the answer although the clock was set by %i ms',
    async (setClock) => {
      const earlier = [entry(undefined, minutesAgo(30), 'contact', 'Hello'), ...chat(2)];
      const story = { earlier, later: [{ after: 3, sender: 'ai', text: 'Hi' }], ids: false, setClock };
      const view = await setUp(story).send('contact', 45);
      expect(view.replies).toMatchObject([{ from: 'ai', text: 'Hi' }]);
      expect(view.reply_note).toMatch(/^Answered after [34] s\.$/);
    },
  );

  it.each([
    ['contact', 'agent', true],
    ['contact', 'human_agent', true],
    ['contact', 'contact', false],
    ['contact', 'system', false],
    ['contact', 'visitor', false],
    ['agent', 'visitor', true],
    ['agent', 'system', false],
    ['agent', 'contact', true],
    ['agent', 'user', true],
    ['agent', 'ai', false],
    ['agent', 'agent', false],
  ] as const)('after a message of the %s, one of the %s is an answer: %s', async (sender, who, answers) => {
    const { send } = setUp({ later: [{ after: 1, sender: who }] });
    const view = await send(sender, 10);
    expect(view.replies).toHaveLength(1);
    if (answers) expect(view.reply_note).toContain('Answered after');
    else
      expect(view.reply_note).toBe(
        'No reply within 10 s. New messages arrived, but not from the other party.',
      );
  });

  it('does not treat an event as an answer', async () => {
    const { send } = setUp({ later: [{ after: 1, sender: 'ai', event: 'action_called' }] });
    expect(await send('contact', 5)).toMatchObject({ replies: [], reply_note: 'No reply within 5 s.' });
  });

  it('says how long it waited without an answer, and how to check later', async () => {
    const { send, pauses, cursors } = setUp({});
    const view = await send('contact', 45);
    expect(view).toMatchObject({
      replies: [],
      reply_note: 'No reply within 45 s.',
      next: [{ tool: 'get_session_history', arguments: { session_id: 's1', limit: 5 } }],
    });
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(45 * seconds);
    // Few enough to leave most of a minute's requests for others.
    expect(cursors.length).toBeLessThanOrEqual(13);
  });

  it('waits no longer than the call may take and says so', async () => {
    const { send, pauses } = setUp({ callSeconds: 12, later: [{ after: 11, sender: 'ai' }] });
    const view = await send('contact', 45);
    expect(view.reply_note).toBe(
      'No reply within 10 s (45 s were asked for, but the call had no time left).',
    );
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(10 * seconds);
  });

  it('reports progress to the client', async () => {
    const { send, progress } = setUp({ later: [{ after: 2, sender: 'ai' }] });
    await send('contact', 20);
    expect(progress[0]).toBe('Sent; waiting for a reply (0 of 20 s)');
    expect(progress.length).toBeGreaterThan(1);
  });

  it.each([
    ['the first time', 1],
    ['later', 3],
  ])('still reports the message as sent if reading the history fails %s', async (_, request) => {
    const { send } = setUp({
      fail: (n) => (n === request ? new RateLimitedError('No.', { status: 429 }) : undefined),
    });
    const view = await send('contact', 45);
    expect(view.reply_note).toContain('The message was sent, but the history could not be read');
    expect(view.next).toHaveLength(1);
  });

  it('counts an answer as read only if the conversation was read before', async () => {
    for (const before of [undefined, new Date(minutesAgo(5)).toISOString()]) {
      const { send, context } = setUp({ later: [{ after: 1, sender: 'ai' }] });
      if (before !== undefined) await context.lastRead.set('s1', before);
      const { replies } = await send('contact', 20);
      expect(replies).toHaveLength(1);
      const read = await context.lastRead.get('s1');
      expect(read !== undefined && read > (before ?? '')).toBe(before !== undefined);
    }
  });

  it('still reports the message as sent if the caller cancels the wait', async () => {
    const { send, context } = setUp({});
    const cancelled = { ...context.clock, sleep: () => Promise.reject(new Error('aborted')) };
    Object.assign(context, { clock: cancelled });
    const view = await send('contact', 45);
    expect(view.outcome).toBe('sent');
    expect(view.reply_note).toContain('The message was sent, but the history could not be read');
  });

  it('does not mistake an older message with the same text for its own if messages have no ids', async () => {
    const earlier = [
      entry(undefined, minutesAgo(9), 'contact', 'Hello'),
      entry(undefined, minutesAgo(8), 'ai', 'Old'),
    ];
    const { send, context } = setUp({
      ids: false,
      earlier,
      later: [{ after: 4, sender: 'ai', text: 'New' }],
    });
    expect((await send('contact', 20)).replies).toMatchObject([{ text: 'New' }]);
    // Not even if its own is not there yet.
    Object.assign(context.client, {
      sendMessage: async () => ({ outcome: 'sent', messageId: 'own' }),
      listHistory: async () => ({ items: earlier, next: null }),
    });
    expect(await send('contact', 5)).toMatchObject({
      replies: [],
      reply_note: 'No reply within 5 s. The message itself is not in the history yet.',
    });
  });

  it('says so if the history never contained the message itself', async () => {
    const { send, context } = setUp({ earlier: chat(4) });
    Object.assign(context.client, { sendMessage: async () => ({ outcome: 'sent', messageId: 'own' }) });
    expect((await send('contact', 5)).reply_note).toBe(
      'No reply within 5 s. The message itself is not in the history yet.',
    );
  });

  it('finds the answer in histories of either order and any page size', async () => {
    const random = seeded(11);
    for (let round = 0; round < 150; round += 1) {
      const answers = 1 + random.below(3);
      const { send } = setUp({
        earlier: chat(random.below(30)),
        newestFirst: random.chance(0.5),
        pageSize: 3 + random.below(12),
        ids: random.chance(0.7),
        later: Array.from({ length: answers }, (_, i) => ({ after: 3, sender: 'ai', text: `answer ${i}` })),
      });
      const view = await send('contact', 30);
      expect(view.replies?.map(({ text }) => text)).toEqual(
        Array.from({ length: answers }, (_, i) => `answer ${i}`),
      );
    }
  });

  it.each([
    ['oldest first', false],
    ['newest first', true],
  ])('requests one page at a time of a long history, %s', async (_, newestFirst) => {
    const { send, cursors, pauses } = setUp({ earlier: chat(95), pageSize: 10, newestFirst });
    await send('contact', 30);
    const first = newestFirst ? 1 : 10;
    expect(cursors).toHaveLength(pauses.length - 1 + first);
  });

  it.each([-1, 46, 1.5])('refuses to wait %d seconds', (wait_for_reply_seconds) => {
    const given = { session_id: 's1', sender: 'agent', text: 'Hello', wait_for_reply_seconds };
    expect(sendMessage.input.safeParse(given).success).toBe(false);
  });
});
