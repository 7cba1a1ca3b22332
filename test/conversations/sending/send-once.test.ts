import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendOutcome } from '../../../src/client/client.ts';
import { CancelledError, ConnectionError, InvalidRequestError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { AlreadySentError, DeliveryUnknownError } from '../../../src/conversations/errors.ts';
import { sendOnce } from '../../../src/conversations/sending/send-once.ts';
import { openSendLog } from '../../../src/state/files/send-log.ts';
import { contextOf, pagesOf } from '../../support/fakes.ts';

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

/** An API that answers the sends as scripted, and then has the given history. */
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

describe('a send whose answer was lost', () => {
  it('is found in the history, and counts as sent from then on', async () => {
    const { sends, context } = api([lost], () => [entry('m9')]);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(AlreadySentError);
    expect(sends.count).toBe(1);
  });

  it('is found although white space was folded, and by any name of the sender', async () => {
    const { context } = api([lost], () => [
      entry('m9', { sender: 'human_agent', text: ` The refund  is on\nits way. ` }),
    ]);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
  });

  it.each([
    ['nothing', () => []],
    ['another text', () => [entry('m9', { text: 'Another text' })]],
    ['another sender', () => [entry('m9', { sender: 'contact' })]],
    ['an older one', () => [entry('m9', { at: Date.now() - 5000 })]],
    ['an event that is no message', () => [entry('m9', { type: 'agent_comment' })]],
    ['one without an id', () => [entry(undefined)]],
  ])('stays unknown when the history shows %s', async (_, history) => {
    const { sends, context } = api([lost], history);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(
      /^The message was sent, but no readable/,
    );
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(/Nothing was sent now/);
    expect(sends.count).toBe(1);
  });

  it('stays unknown when the server does not tell its clock', async () => {
    const { context } = api([lost], () => [entry('m9')], undefined);
    // A default parameter would turn undefined into 0: the clock is withheld here.
    const blind = { ...context(), client: { ...context().client, clockOffset: () => undefined } };
    await expect(sendOnce(sessionId, body, false, blind)).rejects.toThrow(DeliveryUnknownError);
  });

  it('stays unknown when the history cannot be read', async () => {
    const { context } = api([lost], () => {
      throw new Error('no history');
    });
    const broken = context();
    broken.client.historyPages = async function* () {
      yield await Promise.reject(new ConnectionError('Gone.', { mayHaveArrived: true }));
    };
    await expect(sendOnce(sessionId, body, false, broken)).rejects.toThrow(DeliveryUnknownError);
  });

  it('is judged by the clock of the server, not by ours', async () => {
    const ahead = 3_600_000;
    const old = api([lost], () => [entry('m9', { at: Date.now() + ahead - 60_000 })], ahead);
    await expect(sendOnce(sessionId, body, false, old.context())).rejects.toThrow(DeliveryUnknownError);
    const other = { ...body, message: { ...body.message, text: 'Hello' } };
    const fresh = api([lost], () => [entry('m9', { at: Date.now() + ahead, text: 'Hello' })], ahead);
    expect(await sendOnce(sessionId, other, false, fresh.context())).toMatchObject({ outcome: 'found' });
  });

  it('is not taken for a message that an earlier send is known to have made', async () => {
    const { context } = api([sent, lost], () => [entry('m1')]);
    await sendOnce(sessionId, body, false, context());
    await expect(sendOnce(sessionId, body, true, context())).rejects.toThrow(DeliveryUnknownError);
  });

  it('is one of two that are lost at once, and the history shows one', async () => {
    const { context } = api([lost, lost], () => [entry('m9')]);
    const outcomes = await Promise.allSettled([1, 2].map(() => sendOnce(sessionId, body, true, context())));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('and was meant as a duplicate is only looked for when it is asked for without that', async () => {
    const { sends, context } = api([sent, lost], () => [entry('m1'), entry('m2')]);
    await sendOnce(sessionId, body, false, context());
    const blind = { ...context(), client: { ...context().client, clockOffset: () => undefined } };
    await expect(sendOnce(sessionId, body, true, blind)).rejects.toThrow(DeliveryUnknownError);
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm2' });
    expect(sends.count).toBe(2);
  });

  it('stays unknown when the record breaks meanwhile: it is not said that nothing was sent', async () => {
    const { context } = api([lost], () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
      return [entry('m9')];
    });
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(DeliveryUnknownError);
  });

  it('is found by a later call, which sends nothing', async () => {
    let history: HistoryItem[] = [];
    const { sends, context } = api([lost], () => history);
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(DeliveryUnknownError);
    history = [entry('m9')];
    expect(await sendOnce(sessionId, body, false, context())).toEqual({ outcome: 'found', messageId: 'm9' });
    expect(sends.count).toBe(1);
  });
});

describe('a repetition', () => {
  it('is refused, unless it is meant', async () => {
    const { sends, context } = api([]);
    await sendOnce(sessionId, body, false, context());
    await expect(sendOnce(sessionId, body, false, context())).rejects.toThrow(AlreadySentError);
    expect(sends.count).toBe(1);
    await sendOnce(sessionId, body, true, context());
    expect(sends.count).toBe(2);
  });

  it.each([
    ['the id in capitals', sessionId.toUpperCase(), text],
    ['other white space', sessionId, ` ${text.replace(' ', '\n')} `],
  ])('is one with %s too', async (_, id, words) => {
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

  it('at the same time gets the outcome of the first', async () => {
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

  it('does not share the fate of a first call that was cancelled', async () => {
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

  it('in another process at the same time does not send a second copy', async () => {
    const { sends, context } = api([]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => sendOnce(sessionId, body, false, context())),
    );
    expect(sends.count).toBe(1);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

it('nothing is sent when the record cannot be kept', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const { sends, context } = api([]);
  const sendLog = openSendLog(join(blocked, 'sends'), { account: 'account' });
  await expect(sendOnce(sessionId, body, false, { ...context(), sendLog })).rejects.toThrow('cannot be kept');
  expect(sends.count).toBe(0);
});
