import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendMessageBody, SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { sendAndWait } from '../../../src/conversations/sending/send-and-wait.ts';
import { InputRequired } from '../../../src/conversations/sending/send-question.ts';
import { waitForReply } from '../../../src/conversations/sending/wait-for-reply.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { memoryLastRead } from '../../../src/state/memory/last-read.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { outboxDesk } from '../../support/outbox/desk.ts';
import { sendingWorld } from '../../support/sending/world.ts';
import { memoryStore } from '../../support/state/memory-store.ts';
import { type SettableClock, settableClock } from '../../support/state/settable-clock.ts';

const seconds = 1000;
const sessionId = fullSession.id;
const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'It ships today.' } };

let clock: SettableClock;
let pauses: number[];
beforeEach(() => {
  pauses = [];
  clock = settableClock(async (ms) => {
    pauses.push(ms);
    clock.pass(ms);
  });
});

/** An entry of the history, dated so many seconds from now. */
function entry(id: string | undefined, sender: string | undefined, text: string, after = 0): HistoryItem {
  return {
    ...(id === undefined ? {} : { id }),
    created_at: new Date(clock.now() + after * seconds).toISOString(),
    event: {
      type: 'message',
      ...(sender === undefined ? {} : { sender: { type: sender } }),
      content: { type: 'text', text },
    },
  };
}

describe('a message', () => {
  /** @param takes how long the API takes for a message, before and after it took it in. */
  function setUp(more: Partial<Context> = {}, takes = 0) {
    const world = sendingWorld({ clock, pause: async () => clock.pass(takes) });
    const getSession = vi.fn(async () => fullSession);
    const client: Partial<SessionsClient> = {
      ...world.client(),
      getSession,
      listHistory: async () => ({
        items: [entry('m1', 'agent', body.message.text), entry('m2', 'contact', 'Thanks!', 60)],
        next: null,
      }),
    };
    const log = recordedSendLog(memoryStore(), { account: 'account', clock });
    const send = (waitSeconds: number) =>
      sendAndWait(
        { sessionId, body, allowDuplicate: false, waitSeconds },
        world.context(client, log, 50_000, more),
      );
    return { posts: world.posts, getSession, send };
  }

  it('that a person has to confirm is the question, and nothing else', async () => {
    const { posts, getSession, send } = setUp({ confirmSends: true });
    const question = await send(0);
    expect(question).toBeInstanceOf(InputRequired);
    expect(getSession).toHaveBeenCalledOnce();
    expect(posts).toEqual([]);
  });

  it('waits in the outbox, if there is one', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft({ allowDuplicate: true });
    expect([...desk.drafts.values()].map(({ entry }) => JSON.parse(entry))).toEqual([draft]);
    expect(draft).toMatchObject({ sessionId, body, allowDuplicate: true, state: 'waiting' });
    expect(desk.world.posts).toEqual([]);
  });

  it('is told with its session as it is then, and without replies if none are waited for', async () => {
    expect(await setUp().send(0)).toEqual({
      sessionId,
      body,
      outcome: 'sent',
      messageId: 'm1',
      session: fullSession,
    });
    expect(pauses).toEqual([]);
  });

  it('is told with its replies and itself, dated when the call began', async () => {
    const began = clock.now();
    const reply = entry('m2', 'contact', 'Thanks!', 60);
    expect(await setUp({}, 300).send(20)).toEqual({
      sessionId,
      body,
      outcome: 'sent',
      messageId: 'm1',
      session: fullSession,
      replies: {
        items: [{ ...reply, created_at: new Date(began + 61_600).toISOString() }],
        ended: 'answered',
        waitedSeconds: 1,
        wantedSeconds: 20,
        ownSeen: true,
      },
      own: {
        created_at: new Date(began).toISOString(),
        event: { type: 'message', sender: { type: 'agent' }, content: body.message },
      },
    });
  });

  it.each([
    ['read before', '2026-03-01T10:00:00.000Z', true],
    ['never read', undefined, false],
  ])('whose conversation was %s is read up to its reply: %s, %s', async (_, before, isRead) => {
    const lastRead = memoryLastRead();
    if (before !== undefined) await lastRead.set(sessionId, before);
    const result = await setUp({ lastRead }).send(20);
    const [reply] = 'replies' in result ? (result.replies?.items ?? []) : [];
    expect(reply?.event.content?.text).toBe('Thanks!');
    expect(await lastRead.get(sessionId)).toBe(isRead ? reply?.created_at : undefined);
  });
});

describe('the wait for a reply', () => {
  function setUp(history: () => HistoryItem[], callSeconds = 60) {
    const progress: string[] = [];
    const listHistory = vi.fn<SessionsClient['listHistory']>(async () => ({ items: history(), next: null }));
    const context = sendingWorld({ clock }).context(
      { clockOffset: () => 0, listHistory },
      recordedSendLog(memoryStore(), { account: 'account', clock }),
      callSeconds * seconds,
      { progress: (message) => void progress.push(message) },
    );
    const wait = (wanted = 20, startedAt = clock.monotonic()) =>
      waitForReply(sessionId, body, { outcome: 'sent', messageId: 'own' }, wanted, startedAt, context);
    return { wait, progress, listHistory, context };
  }
  const own = () => entry('own', 'agent', body.message.text);
  const textsOf = (items: readonly HistoryItem[]) => items.map(({ event }) => event.content?.text);

  it('knows the message by its id, whatever the API made of its text', async () => {
    const history = [entry('own', 'agent', 'It ships.'), entry('m2', 'contact', 'Thanks!')];
    expect(await setUp(() => history).wait()).toMatchObject({ ended: 'answered', ownSeen: true });
  });

  it('does not take an equal message with another id for it', async () => {
    const history = [own(), entry('m2', 'agent', body.message.text), entry('m3', 'contact', 'Thanks!')];
    const { items } = await setUp(() => history).wait();
    expect(textsOf(items)).toEqual([body.message.text, 'Thanks!']);
  });

  it.each([
    [-5000, true],
    [-5001, false],
  ])('takes an equal message without an id, of %i ms after the call began, for it: %s', async (ms, isOwn) => {
    const history = [
      entry(undefined, 'agent', body.message.text, ms / seconds),
      entry('m2', 'contact', 'Ok'),
    ];
    const { wait } = setUp(() => history);
    const startedAt = clock.monotonic();
    expect((await wait(3, startedAt)).ownSeen).toBe(isOwn);
  });

  it('also counts a message without a sender as an answer of the customer', async () => {
    const history = [own(), entry('m2', undefined, 'Thanks!')];
    expect(await setUp(() => history).wait()).toMatchObject({ ended: 'answered', waitedSeconds: 1 });
  });

  it('looks less and less often, and then every five seconds, and at its end', async () => {
    const { wait, progress } = setUp(() => [own()]);
    expect(await wait(20)).toMatchObject({ ended: 'time', waitedSeconds: 20, items: [] });
    expect(pauses).toEqual([1000, 1400, 1960, 2744, 3842, 5000, 4054]);
    expect(progress).toEqual(
      [0, 1, 2, 4, 7, 11, 16].map((waited) => `Sent; waiting for a reply (${waited} of 20 s)`),
    );
  });

  it('ends two seconds before the call, and leaves each look all but the last second', async () => {
    const { wait, progress, listHistory, context } = setUp(() => [own()], 4.5);
    const lefts: number[] = [];
    listHistory.mockImplementation(async (_session, _query, call) => {
      expect(call?.signal).toBe(context.call.signal);
      lefts.push(context.call.deadline.remainingMs - (call?.deadline?.remainingMs ?? 0));
      return { items: [own()], next: null };
    });
    expect(await wait(20)).toMatchObject({ ended: 'time', wantedSeconds: 20, waitedSeconds: 3 });
    expect(pauses).toEqual([1000, 1400, 100]);
    expect(lefts).toEqual([1000, 1000, 1000]);
    expect(progress[0]).toBe('Sent; waiting for a reply (0 of 2 s)');
  });

  it('keeps what was seen, although a later look does not show it', async () => {
    const history = [own(), entry('m2', 'ai', 'One moment.')];
    const { wait, listHistory } = setUp(() => []);
    listHistory.mockResolvedValueOnce({ items: history, next: null });
    const { items, ...rest } = await wait(3);
    expect(textsOf(items)).toEqual(['One moment.']);
    expect(rest).toEqual({ ended: 'time', waitedSeconds: 3, wantedSeconds: 3, ownSeen: true });
  });

  it('tells the first twenty messages', async () => {
    const replies = Array.from({ length: 25 }, (_, n) => entry(`r${n}`, 'contact', `Reply ${n}`, n));
    const note = { ...entry('note', 'system', 'A note'), event: { type: 'agent_comment' } };
    const { items } = await setUp(() => [own(), note, ...replies]).wait();
    expect(items).toEqual(replies.slice(0, 20));
  });
});
