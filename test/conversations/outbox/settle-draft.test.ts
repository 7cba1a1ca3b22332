import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { settleDraft } from '../../../src/conversations/outbox/settle-draft.ts';
import { messageKey } from '../../../src/conversations/sending/idempotency-key.ts';
import type { Draft, Outbox } from '../../../src/state/outbox/outbox.ts';
import type { Fate, OpenAttempt, SendLog } from '../../../src/state/send-log.ts';
import { contextOf, pagesOf } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const clock = settableClock();
const decision = { id: 'd', by: 'sam', at: clock.now(), text: 'Edited.', attempt: 'a1' };
const unknown = aDraft({
  revision: 3,
  body: { sender: 'agent', message: { type: 'text', text: 'Written.' } },
  created: clock.now(),
  expires: clock.now() + 1000,
  state: 'unknown',
  decision,
});

const message = (text: string): HistoryItem => ({
  id: 'm1',
  created_at: new Date(clock.now()).toISOString(),
  event: { type: 'message', sender: { type: 'agent' }, content: { type: 'text', text } },
});

/** An attempt whose request ended a minute ago. */
const attempt: OpenAttempt = {
  identity: 'a1',
  began: new Date(clock.now()),
  serverBegan: clock.now(),
  seenUpTo: undefined,
  sent: async () => {},
  unknown: async () => {},
  rejected: async () => {},
  found: async ([id]) => id,
  unclaimed: async (ids) => [...ids],
  absent: async () => true,
  quietMs: () => 60_000,
};

async function settle(
  draft: Draft,
  fate: Fate | undefined,
  history: readonly HistoryItem[] | undefined = [],
  outbox: Partial<Outbox> = {},
) {
  const asked: unknown[] = [];
  const fateOf: SendLog['fateOf'] = async (key, identity) => {
    asked.push([key, identity]);
    return fate;
  };
  const client: Partial<SessionsClient> = {
    clockOffset: () => 0,
    historyPages: () => pagesOf(history, 50).pages,
  };
  const { sendLog, ...context } = contextOf(client, { clock });
  const change: Outbox['change'] = async (old, more) => ({ ...old, ...more, revision: old.revision + 1 });
  const settled = await settleDraft(draft, { change, ...outbox } as Outbox, {
    ...context,
    sendLog: { ...sendLog, fateOf },
  });
  return { settled, asked };
}

describe('a draft whose outcome is not known', () => {
  it('was sent if the send log says so of its attempt, with the text that was approved', async () => {
    const { settled, asked } = await settle(unknown, { state: 'sent', id: 'm1' });
    expect(settled).toEqual({ ...unknown, revision: 4, state: 'sent', messageId: 'm1' });
    const body = { sender: 'agent', message: { type: 'text', text: 'Edited.' } } as const;
    expect(asked).toEqual([[messageKey('s1', body), 'a1']]);
  });

  it('was sent as written if the text was not changed', async () => {
    const { text, ...unchanged } = decision;
    const { asked } = await settle({ ...unknown, decision: unchanged }, undefined);
    expect(asked).toEqual([[messageKey('s1', unknown.body), 'a1']]);
  });

  it('was sent if the message is in the history', async () => {
    const { settled } = await settle(unknown, { state: 'open', attempt }, [message('Edited.')]);
    expect(settled).toEqual({ ...unknown, revision: 4, state: 'sent', messageId: 'm1' });
  });

  it.each<[string, Fate]>([
    ['the API refused it', { state: 'rejected' }],
    ['it never appeared', { state: 'open', attempt }],
  ])('waits again if %s', async (_, fate) => {
    const { settled } = await settle(unknown, fate);
    const problem = 'the message did not arrive';
    expect(settled).toEqual({ ...unknown, revision: 4, state: 'waiting', problem });
  });

  it.each<[string, Draft, Fate | undefined]>([
    ['it may still appear', unknown, { state: 'open', attempt: { ...attempt, quietMs: () => 59_999 } }],
    ['the send log has no record', unknown, undefined],
    ['nothing of it ever left', { ...unknown, decision: undefined }, { state: 'rejected' }],
    [
      'its attempt is not known',
      { ...unknown, decision: { ...decision, attempt: undefined } },
      { state: 'rejected' },
    ],
  ])('stays as it is if %s', async (_, draft, fate) => {
    expect((await settle(draft, fate)).settled).toBe(draft);
  });

  it('is what somebody else made of it meanwhile', async () => {
    const change = async () => undefined;
    const theirs = { ...unknown, state: 'sent' } as const;
    const fate = { state: 'sent', id: 'm1' } as const;
    const get = async (number: number) => (number === 1 ? theirs : undefined);
    expect((await settle(unknown, fate, [], { change, get })).settled).toBe(theirs);
    expect((await settle(unknown, fate, [], { change, get: async () => undefined })).settled).toBe(unknown);
  });
});

it.each<Partial<Draft>>([
  { state: 'waiting' },
  { state: 'sent' },
  { state: 'sending', decision: { ...decision, until: clock.now() + 1 } },
])('a draft that is recorded as $state is not looked for', async (more) => {
  const draft = { ...unknown, ...more };
  const { settled, asked } = await settle(draft, { state: 'sent', id: 'm1' });
  expect(settled).toBe(draft);
  expect(asked).toEqual([]);
});
