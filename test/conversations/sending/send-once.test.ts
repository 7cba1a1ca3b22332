import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendOutcome } from '../../../src/client/client.ts';
import {
  CancelledError,
  ConnectionError,
  InvalidRequestError,
  InvalidResponseError,
  type OpenCxError,
  UpstreamError,
} from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { AlreadySentError, DeliveryUnknownError } from '../../../src/conversations/errors.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { recordedSendLog } from '../../../src/state/attempts/recorded-send-log.ts';
import { openSendLog } from '../../../src/state/files/send-log.ts';
import { contextOf, pagesOf } from '../../support/fakes/fakes.ts';
import { memoryStore } from '../../support/state/memory-store.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const sessionId = '3c90c3cc-0d44-4b50-8888-8dd25736052a';
const text = 'The refund is on its way.';
const body = { sender: 'agent' as const, message: { type: 'text' as const, text } };
const lost: SendOutcome = {
  outcome: 'unknown',
  error: new ConnectionError('Gone.', { mayHaveArrived: true }),
};
const sent: SendOutcome = { outcome: 'sent', messageId: 'm1' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-send-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

function entry(
  id: string | undefined,
  more: { at?: number; sender?: string; text?: string; type?: string } = {},
): HistoryItem {
  const content = { type: 'text', text: more.text ?? text };
  return {
    ...(id === undefined ? {} : { id }),
    created_at: new Date(more.at ?? Date.now()).toISOString(),
    event: { type: more.type ?? 'message', sender: { type: more.sender ?? 'agent' }, content },
  };
}

/** An API that answers sends as scripted and has the given history. */
function api(
  outcomes: SendOutcome[],
  history: () => HistoryItem[] = () => [],
  offset: number | undefined = 0,
) {
  const sends = { count: 0 };
  const sendMessage = async () => {
    sends.count += 1;
    return outcomes.shift() ?? sent;
  };
  const historyPages = () => pagesOf(history(), 50).pages;
  const context = () =>
    contextOf(
      { sendMessage, historyPages, clockOffset: () => offset },
      { sendLog: openSendLog(folder, { account: 'account' }) },
    );
  return { sends, context };
}

it.each([
  [86_400_000, 86_400_000],
  [-3_600_000, -3_600_000],
  [-4000, -4000],
  // The API tells whole seconds. This would be the minute before.
  [-999, 0],
  [0, 0],
])(
  'a message that was sent already is dated by the clock of the API, which is %i ms ahead',
  async (offset, shown) => {
    const clock = settableClock();
    const sendLog = recordedSendLog(memoryStore(), { account: 'account', clock });
    const api = { sendMessage: async () => sent, clockOffset: () => offset };
    const context = () => contextOf(api, { clock, sendLog });
    await sendOnce(sessionId, body, false, context());
    const at = new Date(clock.now() + shown);
    clock.pass(90_000);
    for (const again of [body, { ...body, custom_data: { a: 1 } }])
      await expect(sendOnce(sessionId, again, false, context())).rejects.toMatchObject({ at });
  },
);

describe('a message whose answer was lost', () => {
  it('is found in the history, and counts as sent from then on', async () => {
    const { sends, context } = api([lost], () => [entry('m9')]);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(AlreadySentError);
    expect(sends.count).toBe(1);
  });

  it('is found even if the API changed its white space or names the sender differently', async () => {
    const { context } = api([lost], () => [
      entry('m9', { sender: 'human_agent', text: ` The refund  is on\nits way. ` }),
    ]);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
  });

  it.each([
    ['nothing at all', () => []],
    ['another text', () => [entry('m9', { text: 'Another text' })]],
    ['another sender', () => [entry('m9', { sender: 'contact' })]],
    ['an older message', () => [entry('m9', { at: Date.now() - 15_000 })]],
    ['an event that is not a message', () => [entry('m9', { type: 'agent_comment' })]],
    ['a message without an id', () => [entry(undefined)]],
  ])('stays unknown if the history contains only %s', async (_, history) => {
    const { sends, context } = api([lost], history);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(
      /^The message was sent, but no readable/,
    );
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(/Nothing was sent now/);
    expect(sends.count).toBe(1);
  });

  it('stays unknown if the clock of the server is not known', async () => {
    const { context } = api([lost], () => [entry('m9')], undefined);
    // Set here, because the default parameter would turn undefined into 0.
    const blind = { ...context(), client: { ...context().client, clockOffset: () => undefined } };
    await expect(sendOnce(sessionId, body, false, blind)).rejects.toThrow(DeliveryUnknownError);
  });

  it('stays unknown if the history cannot be read', async () => {
    const { context } = api([lost], () => {
      throw new Error('no history');
    });
    const broken = context();
    broken.client.historyPages = async function* () {
      yield await Promise.reject(new ConnectionError('Gone.', { mayHaveArrived: true }));
    };
    await expect(sendOnce(sessionId, body, false, broken)).rejects.toThrow(DeliveryUnknownError);
  });

  it('is matched by the clock of the server, not by ours', async () => {
    const ahead = 3_600_000;
    const old = api([lost], () => [entry('m9', { at: Date.now() + ahead - 60_000 })], ahead);
    await expect(sendOnce(sessionId, body, false, old.context())).rejects.toThrow(DeliveryUnknownError);
    const other = { ...body, message: { ...body.message, text: 'Hello' } };
    const fresh = api([lost], () => [entry('m9', { at: Date.now() + ahead, text: 'Hello' })], ahead);
    expect(await sendOnce(sessionId, other, false, fresh.context())).toMatchObject({ outcome: 'found' });
  });

  it('is not matched with a message of an earlier send', async () => {
    const { context } = api([sent, lost], () => [entry('m1')]);
    await sendOnce(sessionId, body, false, context());
    await expect(sendOnce(sessionId, body, true, context())).rejects.toThrow(DeliveryUnknownError);
  });

  it('is found for only one of two lost sends if the history contains only one', async () => {
    const { context } = api([lost, lost], () => [entry('m9')]);
    const outcomes = await Promise.allSettled([1, 2].map(() => sendOnce(sessionId, body, true, context())));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is only looked for by a later call, even if it was a deliberate duplicate', async () => {
    const { sends, context } = api([sent, lost], () => [entry('m1'), entry('m2')]);
    await sendOnce(sessionId, body, false, context());
    const blind = { ...context(), client: { ...context().client, clockOffset: () => undefined } };
    await expect(sendOnce(sessionId, body, true, blind)).rejects.toThrow(DeliveryUnknownError);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm2' });
    expect(sends.count).toBe(2);
  });

  it('stays unknown if the send log breaks meanwhile', async () => {
    const { context } = api([lost], () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
      return [entry('m9')];
    });
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(DeliveryUnknownError);
  });

  it('is found by a later call, which sends nothing itself', async () => {
    let history: HistoryItem[] = [];
    const { sends, context } = api([lost], () => history);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(DeliveryUnknownError);
    history = [entry('m9')];
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
    expect(sends.count).toBe(1);
  });
});

describe('an unknown outcome', () => {
  /** No look can tell more, so nothing is waited for. */
  const unreadable = (error: SendOutcome & { outcome: 'unknown' }) => {
    const { context, sends } = api([error], () => [], undefined);
    return { context, sends };
  };

  it('has the words of an answer with success, and of no other answer', async () => {
    const outcome = (error: OpenCxError) => ({ outcome: 'unknown' as const, error });
    const words = { apiMessage: 'Please log in.' };
    const success = outcome(new InvalidResponseError('Not as documented.', words));
    const failure = outcome(new UpstreamError('Broken.', { ...words, mayHaveArrived: true }));
    for (const [error, apiMessage] of [
      [success, 'Please log in.'],
      [failure, undefined],
    ] as const) {
      const problem = await sendOnce(
        sessionId,
        { ...body, message: { ...body.message, text: error.error.message } },
        false,
        unreadable(error).context(),
      ).catch((thrown) => thrown);
      expect(problem).toBeInstanceOf(DeliveryUnknownError);
      expect(problem.message).toBe('The message was sent, but no readable answer came back.');
      expect(problem.apiMessage).toBe(apiMessage);
    }
  });

  it('of an earlier call names the effects in which it differed', async () => {
    const { context } = unreadable(lost as never);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(DeliveryUnknownError);
    const again = (more: object) => sendOnce(sessionId, { ...body, ...more }, false, context());
    await expect(again({})).rejects.toThrow(
      'The same message was tried before, and its outcome is not known. Nothing was sent now.',
    );
    await expect(again({ custom_data: { plan: 'pro' } })).rejects.toThrow(
      'The same message was tried before with other custom_data, and its outcome is not known. Nothing was sent now.',
    );
  });

  it('is told at once when the call is cancelled', async () => {
    const { context, sends } = api([lost]);
    const one = context();
    let looks = 0;
    const clock = { ...one.clock, sleep: () => Promise.reject(new Error('cancelled')) };
    const client = {
      ...one.client,
      historyPages: (...args: Parameters<typeof one.client.historyPages>) => {
        looks += 1;
        return one.client.historyPages(...args);
      },
    };
    await expect(sendOnce(sessionId, body, false, { ...one, client, clock })).rejects.toThrow(
      DeliveryUnknownError,
    );
    expect([sends.count, looks]).toEqual([1, 1]);
  });
});

it('the request may take three quarters of the call’s time, and ends with the call', async () => {
  const { context } = api([]);
  const one = context();
  const sendMessage = vi.fn(async (..._: unknown[]) => sent);
  await sendOnce(sessionId, body, false, { ...one, client: { ...one.client, sendMessage } });
  const [, , options] = sendMessage.mock.calls[0] as [string, object, typeof one.call];
  expect(options.signal).toBe(one.call.signal);
  expect(options.deadline.remainingMs).toBe(0.75 * one.call.deadline.remainingMs);
});

describe('the same message again', () => {
  it('is refused, unless the duplicate is deliberate', async () => {
    const { sends, context } = api([]);
    await sendOnce(sessionId, body, false, context());
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(AlreadySentError);
    expect(sends.count).toBe(1);
    await sendOnce(sessionId, body, true, context());
    expect(sends.count).toBe(2);
  });

  it.each([
    ['an upper-case session id', sessionId.toUpperCase(), text],
    ['other white space', sessionId, ` ${text.replace(' ', '\n')} `],
  ])('is recognised with %s', async (_, id, words) => {
    const { sends, context } = api([]);
    await sendOnce(sessionId, body, false, context());
    const again = { ...body, message: { ...body.message, text: words } };
    await expect(sendOnce(id, again, false, context())).rejects.toThrow(AlreadySentError);
    expect(sends.count).toBe(1);
  });

  it('is sent after a rejection', async () => {
    const rejected: SendOutcome = { outcome: 'rejected', error: new InvalidRequestError('No.') };
    const { sends, context } = api([rejected]);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow('No.');
    expect(await sendOnce(sessionId, body, false, context())).toMatchObject({ outcome: 'sent' });
    expect(sends.count).toBe(2);
  });

  it('gets the outcome of the first one at the same time', async () => {
    const { sends, context } = api([]);
    const one = context();
    const outcomes = await Promise.all([
      sendOnce(sessionId, body, false, one),
      sendOnce(sessionId, body, false, one),
    ]);
    expect(outcomes).toEqual([
      { outcome: 'sent', messageId: 'm1' },
      { outcome: 'sent', messageId: 'm1' },
    ]);
    expect(sends.count).toBe(1);
  });

  it('is sent if the first call was cancelled', async () => {
    const cancelled: SendOutcome = {
      outcome: 'rejected',
      error: new CancelledError('Cancelled.', { mayHaveArrived: false }),
    };
    const { sends, context } = api([cancelled]);
    const one = context();
    const controller = new AbortController();
    const first = sendOnce(sessionId, body, false, {
      ...one,
      call: { ...one.call, signal: controller.signal },
    });
    const second = sendOnce(sessionId, body, false, one);
    controller.abort();
    await expect(first).rejects.toThrow('Cancelled.');
    expect(await second).toEqual({ outcome: 'sent', messageId: 'm1' });
    expect(sends.count).toBe(2);
  });

  it('is sent twice at the same time if both are deliberate duplicates', async () => {
    const { sends, context } = api([]);
    const one = context();
    await Promise.all([sendOnce(sessionId, body, true, one), sendOnce(sessionId, body, true, one)]);
    expect(sends.count).toBe(2);
  });

  it('is not sent by other processes at the same time', async () => {
    const { sends, context } = api([]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => sendOnce(sessionId, body, false, context())),
    );
    expect(sends.count).toBe(1);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

it('sends nothing if the send log cannot be written', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const { sends, context } = api([]);
  const sendLog = openSendLog(join(blocked, 'sends'), { account: 'account' });
  await expect(sendOnce(sessionId, body, false, { ...context(), sendLog })).rejects.toThrow('cannot be kept');
  expect(sends.count).toBe(0);
});
