import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { isSameMessage, lookForSent } from '../../../src/conversations/sending/find-sent.ts';
import type { OpenAttempt } from '../../../src/state/send-log.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const minute = 60_000;
const body: SendMessageBody = { sender: 'agent', message: { type: 'text', text: 'On its way.' } };
const offset = 3 * minute;
const clock = settableClock();
clock.pass(10 * minute);
/** When the attempt began, by the API's clock, a minute and a half ago. */
const began = clock.now() - 1.5 * minute + offset;

/** The attempt, as far as it is asked. */
let attempt: { -readonly [Name in keyof OpenAttempt]: OpenAttempt[Name] };
let quietMs: number;
/** Ids of messages of other attempts. */
let claimed: string[];
beforeEach(() => {
  quietMs = minute;
  claimed = [];
  attempt = {
    identity: '1',
    began: new Date(began - offset),
    serverBegan: undefined,
    seenUpTo: undefined,
    sent: vi.fn(),
    unknown: vi.fn(async () => {}),
    rejected: vi.fn(),
    found: vi.fn(async () => undefined),
    unclaimed: vi.fn(async (ids) => ids.filter((id: string) => !claimed.includes(id))),
    absent: vi.fn(async () => true),
    quietMs: () => quietMs,
  };
});

const item = (at: number, event: object = {}, id: string | undefined = 'message-1') =>
  ({
    id,
    created_at: new Date(at).toISOString(),
    event: {
      type: 'message',
      sender: { type: 'agent' },
      content: { type: 'text', text: 'On its way.' },
      ...event,
    },
  }) as HistoryItem;
const otherWords = { content: { type: 'text', text: 'Other words' } };

/** Looks into a history of one page. */
async function look(
  items: readonly HistoryItem[],
  {
    startedAt,
    isClockKnown = true,
    hasNext = false,
  }: { startedAt?: number; isClockKnown?: boolean; hasNext?: boolean } = {},
) {
  const client = {
    clockOffset: () => (isClockKnown ? offset : undefined),
    async *historyPages() {
      yield { items: [...items], next: hasNext ? 'x' : null, cursor: undefined };
      if (hasNext) throw new Error('the next page cannot be read');
    },
  };
  const context = contextOf(client as never, { clock, now: new Date(clock.now()) });
  return lookForSent('session-1', body, attempt, startedAt, context);
}
const candidates = () => vi.mocked(attempt.found).mock.calls[0]?.[0];

describe('a message in the history', () => {
  it.each([
    ['5 s before the request began', () => began - 5000, true],
    ['earlier', () => began - 5001, false],
    ['a minute after the request was over', () => clock.now() + offset - quietMs + minute, true],
    ['later', () => clock.now() + offset - quietMs + minute + 1, false],
  ])('may be the one that was sent if its time is not too far away: %s', async (_, at, isCandidate) => {
    // The `Date` header tells whole seconds only.
    quietMs = 1.25 * minute;
    await look([item(at())]);
    expect(candidates()).toEqual(isCandidate ? ['message-1'] : []);
  });

  it('may be the one that was sent only if it is newer than what was read before', async () => {
    attempt.seenUpTo = began;
    await look([item(began, {}, 'seen'), item(began + 1, {}, 'new')]);
    expect(candidates()).toEqual(['new']);
  });

  it('is measured by what this process knows, else by what was recorded, else by the wall clock', async () => {
    const early = item(began - minute);
    await look([early]);
    attempt.serverBegan = began - minute;
    await look([early]);
    await look([early], { startedAt: clock.monotonic() - 2.5 * minute });
    await look([early], { startedAt: clock.monotonic() - minute });
    expect(vi.mocked(attempt.found).mock.calls.map(([ids]) => ids.length)).toEqual([0, 1, 1, 0]);
  });

  it('that was found ends the look', async () => {
    attempt.found = async () => 'message-1';
    expect(await look([item(began)])).toEqual({ state: 'found', messageId: 'message-1' });
  });
});

describe('the time of the request by the API’s clock', () => {
  const startedAt = clock.monotonic() - minute;

  it('is recorded as soon as this process can tell', async () => {
    await look([], { startedAt });
    expect(attempt.unknown).toHaveBeenCalledExactlyOnceWith(clock.now() + offset - minute);
  });

  it.each<[string, number | undefined, number | undefined]>([
    ['it is known', startedAt, 5],
    ['another process made it', undefined, undefined],
    ['another process made it, and it is known', undefined, 5],
  ])('is not recorded if %s', async (_, started, serverBegan) => {
    attempt.serverBegan = serverBegan;
    await look([], started === undefined ? {} : { startedAt: started });
    expect(attempt.unknown).not.toHaveBeenCalled();
  });
});

describe('a message that is not in the history', () => {
  it('is absent a minute after its request was over, and not before', async () => {
    expect(await look([])).toEqual({ state: 'absent' });
    expect(attempt.absent).toHaveBeenCalledOnce();
    quietMs = minute - 1;
    expect(await look([])).toEqual({ state: 'undecided', pagesRead: 1 });
    expect(attempt.absent).toHaveBeenCalledOnce();
  });

  it('is not absent if that cannot be recorded', async () => {
    attempt.absent = async () => false;
    expect(await look([])).toEqual({ state: 'undecided', pagesRead: 1 });
  });

  it.each<[string, () => ReturnType<typeof look>]>([
    ['the clock of the API is not known', () => look([], { isClockKnown: false })],
    ['the history cannot be read', () => look([item(began - 10 * minute, otherWords)], { hasNext: true })],
  ])('is not absent if %s', async (_, looked) => {
    expect(await looked()).toEqual({ state: 'undecided', pagesRead: undefined });
    expect(attempt.found).not.toHaveBeenCalled();
    expect(attempt.absent).not.toHaveBeenCalled();
  });

  it('is not absent if an entry of the history cannot be read', async () => {
    const pages = [{ items: [], next: null, cursor: undefined, unreadable: 1 }];
    const client = {
      clockOffset: () => offset,
      async *historyPages() {
        yield* pages;
      },
    };
    const context = contextOf(client as never, { clock, now: new Date(clock.now()) });
    const looked = await lookForSent('session-1', body, attempt, undefined, context);
    expect(looked).toEqual({ state: 'undecided', pagesRead: 1 });
  });

  const contact = { sender: { type: 'contact' } };
  it.each<[string, object, boolean, (() => void)?]>([
    ['its words from another sender', item(began, contact), false],
    ['its words from long before, if nobody knows when it began', item(began - 100 * minute, contact), false],
    [
      'its words from 5 s before it began',
      item(began - 5000, contact),
      false,
      () => {
        attempt.serverBegan = began;
      },
    ],
    [
      'its words from before that',
      item(began - 5001, contact),
      true,
      () => {
        attempt.serverBegan = began;
      },
    ],
    [
      'its words from before 5 s before the newest message that was read',
      item(began - 5001, contact),
      true,
      () => {
        attempt.seenUpTo = began;
      },
    ],
    [
      'its words from 5 s before the newest message that was read',
      item(began - 5000, contact),
      false,
      () => {
        attempt.seenUpTo = began;
      },
    ],
    ['other words of its sender from the same minute', item(began + minute, otherWords), false],
    ['other words of its sender from the minute before', item(began - minute, otherWords), false],
    ['other words of its sender from later', item(began + minute + 1, otherWords), true],
    ['other words of another sender', item(began, { ...otherWords, ...contact }), true],
    ['a message of its sender of another kind', item(began, { ...otherWords, type: 'agent_message' }), false],
    ['an event that is no message', item(began, { ...otherWords, type: 'message_deleted' }), true],
    ['a message without sender and words', item(began, { sender: undefined, content: undefined }), true],
    ['a message of its sender without words', item(began, { content: undefined }), false],
    [
      'a message of another attempt',
      item(began),
      true,
      () => {
        claimed = ['message-1'];
      },
    ],
    [
      'a message without an id',
      { ...item(began), id: '' },
      false,
      () => {
        claimed = ['message-1', ''];
      },
    ],
    ['a time that cannot be read', { ...item(began, otherWords), created_at: 'soon' }, false],
  ])('may still be there if the history has %s', async (_, entry, isAbsent, arrange) => {
    arrange?.();
    const looked = await look([entry as HistoryItem]);
    expect(looked.state).toBe(isAbsent ? 'absent' : 'undecided');
  });
});

describe('an entry of the history', () => {
  const files = (file: object) =>
    ({ ...body, message: { ...body.message, attachments: [file] } }) as SendMessageBody;
  const shown = (file: object) =>
    item(began, { attachments: [{ id: '1', name: '', size: 0, type: '', url: '', ...file }] });

  it.each<[string, object, object, boolean]>([
    ['the same address', { url: 'https://a.example/1' }, { url: 'https://A.example/1' }, true],
    [
      'another address at the same host',
      { url: 'https://a.example/1' },
      { url: 'https://a.example/2' },
      false,
    ],
    [
      'an address at another host, where it was moved',
      { url: 'https://a.example/1' },
      { url: 'https://b.example/2' },
      true,
    ],
    ['an address that is none', { url: 'https://a.example/1' }, { url: 'files/1' }, true],
    ['an address where none was sent', { url: 'nothing' }, { url: 'https://a.example/1' }, true],
    [
      'the same type, spelled otherwise',
      { url: 'x', mime_type: 'Text/Plain' },
      { type: 'text/plain; charset=utf-8' },
      true,
    ],
    ['another type', { url: 'x', mime_type: 'text/plain' }, { type: 'text/html' }, false],
    [
      'a type that is not told',
      { url: 'x', mime_type: 'text/plain' },
      { type: 'application/octet-stream' },
      true,
    ],
    ['the same size', { base64: 'aGk=' }, { size: 2 }, true],
    ['another size', { base64: 'aGk=' }, { size: 3 }, false],
    ['another name', { url: 'x', name: 'a.txt' }, { name: 'b.txt' }, false],
  ])('is the message if its file has %s', (_, sent, there, isSame) => {
    expect(isSameMessage(shown(there), files(sent))).toBe(isSame);
  });

  it('without sender and words is not the message', () => {
    expect(isSameMessage(item(began, { sender: undefined }), body)).toBe(false);
    expect(isSameMessage(item(began, { content: undefined }), body)).toBe(false);
  });
});
