import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import {
  AlreadySentError,
  DeliveryUnknownError,
  OtherEffectsError,
} from '../../../src/conversations/errors.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { memoryLastRead } from '../../../src/state/memory/last-read.ts';
import { type Fate, sendingWorld } from '../../support/sending/world.ts';
import { type MemoryStore, memoryStore } from '../../support/state/memory-store.ts';
import { type SettableClock, settableClock } from '../../support/state/settable-clock.ts';

const sessionId = 'session-1';
const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'It is on its way.' } };
const withFiles = (...attachments: NonNullable<SendMessageBody['message']['attachments']>) => ({
  ...body,
  message: { ...body.message, attachments },
});
const seconds = 1000;
const minutes = 60 * seconds;

let clock: SettableClock;
let store: MemoryStore;
let fates: Fate[];
beforeEach(() => {
  clock = settableClock(async (ms) => clock.pass(ms));
  store = memoryStore();
  fates = ['answer lost'];
});
afterEach(() => {
  expect(fates).toEqual([]);
});

function setUp(options: { lateMs?: number; skewMs?: number; pageSize?: number } = {}) {
  const { lateMs = 0, ...rest } = options;
  const fate = () => fates.shift() ?? 'answered';
  const world = sendingWorld({ clock, fate, lateMs: () => lateMs, ...rest });
  /** A process of its own, that knows of others by the store only. */
  const start = () => {
    const client = world.client();
    const log = recordedSendLog(store, { account: 'account', clock });
    return (message = body, allowDuplicate = false, more = {}) =>
      sendOnce(sessionId, message, allowDuplicate, world.context(client, log, 50 * seconds, more));
  };
  return { ...world, start, send: start() };
}

/** An entry of the history as another program may have made it. */
function entry(
  world: { serverNow(): number },
  more: Partial<HistoryItem['event']> = {},
  ago = 0,
): HistoryItem {
  return {
    id: 'm99',
    created_at: new Date(world.serverNow() - ago).toISOString(),
    event: {
      type: 'message',
      sender: { type: 'agent' },
      content: { type: 'text', text: body.message.text },
      ...more,
    },
  };
}

describe('a message whose answer was lost', () => {
  it.each([0, 20, 40])('is found when the history shows it after %i s', async (late) => {
    const { send, posts } = setUp({ lateMs: late * seconds });
    expect(await send()).toEqual({ outcome: 'found', messageId: 'm1' });
    expect(posts).toHaveLength(1);
  });

  it.each([-5, -3, 3, 5])('is found when the clock of the history is off by %i s', async (skew) => {
    const { send } = setUp({ skewMs: skew * seconds });
    expect(await send()).toEqual({ outcome: 'found', messageId: 'm1' });
  });

  it.each([-3600, 3600])('is found although the wall clock is set by %i s meanwhile', async (step) => {
    const world = setUp();
    const client = world.client();
    const inner = client.sendMessage;
    client.sendMessage = async (...args) => {
      const outcome = await (inner as NonNullable<typeof inner>)(...args);
      clock.set(step * seconds);
      return outcome;
    };
    const log = recordedSendLog(store, { account: 'account', clock });
    const context = world.context(client, log);
    expect(await sendOnce(sessionId, body, false, context)).toMatchObject({ outcome: 'found' });
  });

  it('is looked for about ten times in a call of 50 seconds, and less often in a long history', async () => {
    const short = setUp({ lateMs: 5 * minutes });
    await expect(short.send()).rejects.toThrow(DeliveryUnknownError);
    expect(short.reads.count).toBeGreaterThan(8);
    expect(short.reads.count).toBeLessThan(14);
    fates = ['answer lost'];
    store = memoryStore();
    const long = setUp({ lateMs: 5 * minutes, pageSize: 1 });
    for (let n = 0; n < 20; n += 1) long.others.push({ ...entry(long, {}, minutes), id: `o${n}` });
    await expect(long.send()).rejects.toThrow(DeliveryUnknownError);
    expect(long.reads.count).toBeLessThanOrEqual(60);
  });

  it.each(['fail', 'endless'] as const)(
    'is looked for once if the history has this fault: %s',
    async (fault) => {
      const { send, reads } = setUp();
      reads[fault] = true;
      await expect(send()).rejects.toThrow(DeliveryUnknownError);
      expect(reads.count).toBe(fault === 'fail' ? 1 : 80);
    },
  );

  it('is looked for by the call that sent it only until its time is over', async () => {
    const { send } = setUp({ lateMs: 5 * minutes });
    const start = clock.monotonic();
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    expect(clock.monotonic() - start).toBeLessThanOrEqual(49 * seconds);
  });
});

describe('a message in the history is not ours', () => {
  const image = { base64: 'iVBORw0KGgo=', mime_type: 'image/png', name: 'a.png' };
  const shown = { id: '1', name: 'a.png', size: 8, type: 'image/png', url: 'https://files.example/1' };
  const link = { url: 'https://a.example/1.pdf' };
  const shownLink = { id: '1', name: '', size: 0, type: '', url: link.url };
  it.each<[string, SendMessageBody, Partial<HistoryItem['event']>]>([
    ['from another sender', body, { sender: { type: 'contact' } }],
    ['with other words', body, { content: { type: 'text', text: 'It is not on its way.' } }],
    [
      'from an agent of another name',
      { ...body, agent: { name: 'Mia' } },
      { sender: { type: 'agent', name: 'Tom' } },
    ],
    ['that is an internal note', body, { type: 'agent_comment' }],
    ['with a file', body, { attachments: [shown] }],
    ['without the file', withFiles(image), {}],
    ['with one file of two', withFiles(image, image), { attachments: [shown] }],
    ['with a file of another name', withFiles(image), { attachments: [{ ...shown, name: 'b.png' }] }],
    ['with a file of another size', withFiles(image), { attachments: [{ ...shown, size: 9 }] }],
    ['with a file of another type', withFiles(image), { attachments: [{ ...shown, type: 'image/gif' }] }],
    [
      'with another address',
      withFiles(link),
      { attachments: [{ ...shownLink, url: 'https://a.example/2.pdf' }] },
    ],
  ])('%s', async (_, message, event) => {
    fates = ['request lost'];
    const world = setUp();
    world.others.push(entry(world, event));
    await expect(world.send(message)).rejects.toThrow(DeliveryUnknownError);
  });

  it.each<[string, SendMessageBody, Partial<HistoryItem['event']>]>([
    [
      'the name of its agent',
      { ...body, agent: { name: 'Mia  K' } },
      { sender: { type: 'human_agent', name: 'Mia K' } },
    ],
    ['no name of its agent', { ...body, agent: { name: 'Mia' } }, {}],
    ['a name that was not given', body, { sender: { type: 'agent', name: 'Mia' } }],
    ['its file', withFiles(image), { attachments: [shown] }],
    [
      'parameters in the type of its file',
      withFiles(image),
      { attachments: [{ ...shown, type: 'Image/PNG ; name="a;b"' }] },
    ],
    ['less about its file', withFiles(image), { attachments: [{ ...shown, name: '', type: '', size: 0 }] }],
    ['its files in another order', withFiles(link, image), { attachments: [shown, shownLink] }],
    [
      'a copy of its file elsewhere',
      withFiles(link),
      { attachments: [{ ...shownLink, url: 'https://cdn.example/x' }] },
    ],
    ['other spelling', body, { content: { type: 'text', text: ' It is\n\non its  way.\u200b ' } }],
  ])('but is found with %s', async (_, message, event) => {
    fates = ['request lost'];
    const world = setUp();
    world.others.push(entry(world, event));
    expect(await world.send(message)).toEqual({ outcome: 'found', messageId: 'm99' });
  });

  it('if the conversation was read up to it before', async () => {
    fates = ['request lost'];
    const world = setUp();
    const colleague = entry(world);
    world.others.push(colleague);
    const lastRead = memoryLastRead();
    await lastRead.set(sessionId, colleague.created_at);
    await expect(world.send(body, false, { lastRead })).rejects.toThrow(DeliveryUnknownError);
  });

  it('if two of them may be: one is another person’s', async () => {
    fates = ['request lost'];
    const world = setUp();
    world.others.push(entry(world), { ...entry(world), id: 'm98' });
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
  });

  it('if it came more than a minute after the request', async () => {
    fates = ['request lost'];
    const world = setUp();
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
    clock.pass(minutes);
    world.others.push(entry(world));
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
    expect(world.posts).toHaveLength(1);
  });
});

describe('a message of unknown outcome', () => {
  it('is sent again once the complete history, read a minute later, lacks it', async () => {
    fates = ['request lost', 'answered'];
    const { send, posts } = setUp();
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    clock.pass(12 * seconds);
    expect(await send()).toEqual({ outcome: 'sent', messageId: 'm1' });
    expect(posts).toHaveLength(2);
    await expect(send()).rejects.toThrow(AlreadySentError);
  });

  it('never expires while the history does not tell', async () => {
    const { send, posts, reads, start } = setUp({ lateMs: 5 * minutes });
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    reads.fail = true;
    clock.pass(700 * minutes);
    for (const call of [send, start()]) await expect(call()).rejects.toThrow('Nothing was sent now');
    reads.fail = false;
    reads.endless = true;
    for (const call of [send, start()]) await expect(call()).rejects.toThrow('Nothing was sent now');
    reads.endless = false;
    expect(await send()).toEqual({ outcome: 'found', messageId: 'm1' });
    expect(posts).toHaveLength(1);
  });

  it('of another process is sent again only a minute after this one first looked', async () => {
    fates = ['request lost', 'answered'];
    const { send, start, posts } = setUp();
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    clock.pass(10 * minutes);
    const other = start();
    await expect(other()).rejects.toThrow(DeliveryUnknownError);
    expect(posts).toHaveLength(1);
    clock.pass(12 * seconds);
    expect(await other()).toMatchObject({ outcome: 'sent' });
  });

  it.each<[string, Partial<HistoryItem['event']>, number]>([
    ['its words from another sender', { sender: { type: 'system' } }, 0],
    ['its words in a note', { type: 'agent_comment' }, 0],
    ['its words with other files', { attachments: [{ id: '', name: '', size: 1, type: '', url: '' }] }, 0],
    [
      'other words of its sender from that minute',
      { content: { type: 'text', text: 'It is…' } },
      30 * seconds,
    ],
  ])('is not sent again while the history shows %s', async (_, event, ago) => {
    fates = ['request lost'];
    const world = setUp();
    world.others.push(entry(world, event, ago));
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
    clock.pass(5 * minutes);
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
    expect(world.posts).toHaveLength(1);
  });

  it.each([
    ['earlier words', { content: { type: 'text', text: 'Hello' } }, 5 * minutes],
    ['its words of five minutes before', {}, 5 * minutes],
    ['words of the customer', { sender: { type: 'contact' }, content: { type: 'text', text: 'Hello' } }, 0],
  ] as const)('is sent again although the history shows %s', async (_, event, ago) => {
    fates = ['request lost', 'answered'];
    const world = setUp();
    world.others.push(entry(world, event, ago));
    await expect(world.send()).rejects.toThrow(DeliveryUnknownError);
    clock.pass(5 * minutes);
    expect(await world.send()).toMatchObject({ outcome: 'sent' });
  });

  it.each([-3600, 3600])('does not depend on the wall clock, which is set by %i s', async (step) => {
    const { send, posts } = setUp({ lateMs: 55 * seconds });
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    clock.set(step * seconds);
    expect(await send()).toEqual({ outcome: 'found', messageId: 'm1' });
    expect(posts).toHaveLength(1);
  });
});

describe('the same words with other effects', () => {
  const takeOver = { ...body, should_take_over_session_from_ai: true, custom_data: { plan: 'pro' } };

  it('are neither sent nor said to be sent', async () => {
    fates = [];
    const { send, posts } = setUp();
    await send();
    const error = await send(takeOver).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OtherEffectsError);
    expect(error).toMatchObject({ otherEffects: ['custom_data', 'should_take_over_session_from_ai'] });
    expect(posts).toHaveLength(1);
    expect(await send(takeOver, true)).toMatchObject({ outcome: 'sent' });
    await expect(send(takeOver)).rejects.toThrow(AlreadySentError);
    await expect(send()).rejects.toThrow(AlreadySentError);
  });

  it('at the same time are one message and one refusal', async () => {
    fates = [];
    const { send, posts } = setUp();
    const [first, second] = await Promise.allSettled([send(), send(takeOver)]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { outcome: 'sent' } });
    expect(second).toMatchObject({ reason: { name: 'OtherEffectsError' } });
    expect(posts).toHaveLength(1);
  });

  it('are refused when the first is found, also under another agent’s name', async () => {
    const { send, start, reads, posts } = setUp();
    reads.fail = true;
    await expect(send({ ...body, agent: { name: 'Mia' } })).rejects.toThrow(DeliveryUnknownError);
    reads.fail = false;
    await expect(start()({ ...body, agent: { name: 'Tom' } })).rejects.toThrow(OtherEffectsError);
    expect(posts).toHaveLength(1);
  });

  it('are named when the outcome of the first is unknown', async () => {
    const { send, reads } = setUp();
    reads.fail = true;
    await expect(send()).rejects.toThrow(DeliveryUnknownError);
    await expect(send(takeOver)).rejects.toThrow(
      'The same message was tried before with other custom_data, should_take_over_session_from_ai, and',
    );
  });
});
