import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { changesSince, digestOf, hasChanged, readScene } from '../../../src/conversations/outbox/scene.ts';
import type { Draft, Scene } from '../../../src/state/outbox/outbox.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { contextOf, pagesOf, session } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';

const at = (second: number) => `2026-03-01T11:00:${String(second).padStart(2, '0')}.000Z`;

function message(id: string | undefined, second: number, from = 'contact', text = 'Words.'): HistoryItem {
  const event = { type: 'message', sender: { type: from }, content: { type: 'text', text } };
  return { ...(id !== undefined && { id }), created_at: at(second), event };
}

const draftFor = (scene: Partial<Scene>, more: Partial<Draft> = {}) =>
  aDraft({ scene: { session: session('s1'), newestReached: true, ...scene }, ...more });

describe('the scene of a draft', () => {
  function read(items: readonly HistoryItem[]) {
    const client: Partial<SessionsClient> = {
      getSession: async (id) => session(id),
      historyPages: () => pagesOf(items, 50).pages,
    };
    return readScene('s1', contextOf(client));
  }

  it('has the newest message, and the newest that the customer may have written', async () => {
    const items = [
      message('m1', 1, 'user', 'First.'),
      message('m2', 2, 'robot', 'x'.repeat(2001)),
      message('m3', 3, 'agent'),
    ];
    expect(await read(items)).toEqual({
      scene: {
        session: session('s1'),
        newestReached: true,
        newest: { id: 'm3', at: at(3) },
        answers: { id: 'm2', at: at(2), text: 'x'.repeat(2000) },
      },
      messages: items,
    });
  });

  it('has no id or text where a message has none', async () => {
    const { event, created_at } = message(undefined, 1);
    const { content, sender, ...rest } = event;
    const { scene } = await read([{ created_at, event: rest }]);
    expect(scene.newest).toEqual({ at: at(1) });
    expect(scene.newest).not.toHaveProperty('id');
    expect(scene.answers).toEqual({ at: at(1), text: '' });
  });

  it('has neither if there are no messages', async () => {
    const { scene, messages } = await read([]);
    expect(Object.keys(scene)).toEqual(['session', 'newestReached']);
    expect(messages).toEqual([]);
  });

  it('is read from the twenty newest messages', async () => {
    const items = Array.from({ length: 21 }, (_, n) => message(`m${n}`, n, n === 0 ? 'contact' : 'ai'));
    const { scene, messages } = await read(items);
    expect(messages).toEqual(items.slice(1));
    expect(scene).not.toHaveProperty('answers');
  });
});

describe('what is new since a draft was written', () => {
  const items = [message('m1', 1), message('m2', 2, 'ai'), message('m3', 3), message('m4', 3, 'agent')];
  const now = (messages: readonly HistoryItem[], newestReached = true) => ({
    scene: { session: session('s1'), newestReached },
    messages,
  });
  const news = (scene: Partial<Scene>, messages = items) =>
    changesSince(draftFor(scene), now(messages)).newMessages.map(({ id }) => id);
  const answers = { id: 'm1', at: at(1), text: 'Words.' };

  it.each<[string, Partial<Scene>, ids: string[]]>([
    ['everything after a known message', { newest: { id: 'm2', at: at(2) }, answers }, ['m3', 'm4']],
    ['the customer’s after the one that it answers', { newest: { id: 'm4', at: at(3) }, answers }, ['m3']],
    ['nothing after the newest', { newest: { id: 'm4', at: at(3) }, answers: { ...answers, id: 'm3' } }, []],
    [
      'what is later than a message that is not there',
      { newest: { id: 'm0', at: at(2) }, answers },
      ['m3', 'm4'],
    ],
    ['what is later than a message without id', { newest: { at: at(2) }, answers }, ['m3', 'm4']],
    ['everything if there was nothing', {}, ['m1', 'm2', 'm3', 'm4']],
    // In the order of the history, each once.
    ['also the customer’s if there was none', { newest: { id: 'm2', at: at(2) } }, ['m1', 'm3', 'm4']],
  ])('is %s', (_, scene, ids) => {
    expect(news(scene)).toEqual(ids);
  });

  it('is what came at the same moment only if it comes after a known message', () => {
    expect(news({ newest: { id: 'm3', at: at(3) }, answers: { ...answers, id: 'm3' } })).toEqual(['m4']);
    expect(news({ newest: { at: at(3) }, answers: { at: at(3), text: '' } })).toEqual([]);
    const first = { newest: { id: 'm3', at: at(3) }, answers: { ...answers, id: 'm3' } };
    expect(news(first, items.slice(2))).toEqual(['m4']);
  });

  it('is what has a time that cannot be read', () => {
    const odd = { ...message('m5', 1), created_at: 'yesterday' };
    expect(news({ newest: { at: at(3) }, answers: { at: at(3), text: '' } }, [...items, odd])).toEqual([
      'm5',
    ]);
  });

  it('is also what has no id, if the known message has none', () => {
    const scene = { newest: { at: at(2) }, answers: { at: at(2), text: '' } };
    const unnamed = message(undefined, 3);
    expect(news(scene, [message('m0', 1), unnamed, message('m3', 3)])).toEqual([undefined, 'm3']);
  });

  it('is not known if the newest messages could not be read, which counts if they could before', () => {
    const changes = changesSince(draftFor({}), now([], false));
    expect(changes).toEqual({ differences: [], newMessages: [], newestUnknown: true });
    expect(hasChanged(changes, draftFor({ newestReached: true }))).toBe(true);
    expect(hasChanged(changes, draftFor({ newestReached: false }))).toBe(false);
    const read = changesSince(draftFor({}), now([]));
    expect(read.newestUnknown).toBe(false);
    expect(hasChanged(read, draftFor({ newestReached: true }))).toBe(false);
    expect(hasChanged({ ...read, newMessages: items }, draftFor({}))).toBe(true);
    expect(
      hasChanged({ ...read, differences: [{ what: 'status', before: '1', now: '2' }] }, draftFor({})),
    ).toBe(true);
  });
});

describe('what differs in a session', () => {
  const contact = { ...fullSession.contact };
  const before: Session = { ...fullSession, handoff: undefined, ai_closure_type: null };

  function differences(change: object, body: object = {}, from = before) {
    const draft = draftFor({ session: from }, { body: { ...draftFor({}).body, ...body } });
    const now = { session: { ...from, ...change } as Session, newestReached: true };
    return changesSince(draft, { scene: now, messages: [] }).differences;
  }

  it.each<
    [change: object, what: string, key: string | undefined, old: string | undefined, now: string | undefined]
  >([
    [{ status: 'closed_resolved' }, 'status', undefined, 'open', 'closed_resolved'],
    [{ channel: { type: 'email' } }, 'channel', undefined, 'web', 'email'],
    [{ handoff: { summary: 'x' } }, 'held by', undefined, 'the AI', 'a human'],
    [{ ai_closure_type: 'handed_off' }, 'held by', undefined, 'the AI', 'a human'],
    [{ assignee_id: null }, 'assignee', undefined, '42', undefined],
    [{ assignee_id: '' }, 'assignee', undefined, '42', undefined],
    [{ contact: { ...contact, id: 'c2' } }, 'contact', undefined, contact.id, 'c2'],
    [{ contact: { ...contact, name: 'Jo' } }, 'verified name', undefined, 'Jane Doe', 'Jo'],
    [{ contact: { ...contact, email: null } }, 'verified email', undefined, contact.email, undefined],
    [{ contact: { ...contact, custom_data: { plan: 'pro' } } }, 'verified data', 'region', 'emea', undefined],
    [{ contact: { ...contact, non_verified_name: 'K.' } }, 'claimed name', undefined, 'J.', 'K.'],
    [
      { contact: { ...contact, non_verified_email: 'k@example.com' } },
      'claimed email',
      undefined,
      'j@example.com',
      'k@example.com',
    ],
    [
      { contact: { ...contact, non_verified_custom_data: { seats: 4, trial: true, plan: 'enterprise' } } },
      'claimed data',
      'seats',
      '3',
      '4',
    ],
    [{ contact: { ...contact, phone_number: '+1' } }, 'phone number', undefined, '+15550100', '+1'],
  ])('is shown with its old and its new value: %j', (change, what, key, old, now) => {
    expect(differences(change)).toEqual([{ what, key, before: old, now }]);
  });

  it('is that nobody or nothing is there any more', () => {
    expect(differences({ contact: undefined }).map(({ what }) => what)).toEqual([
      'contact',
      'verified name',
      'verified email',
      'verified data',
      'verified data',
      'claimed name',
      'claimed email',
      'claimed data',
      'claimed data',
      'claimed data',
      'phone number',
    ]);
    expect(differences({ contact: { ...contact, custom_data: null } })).toMatchObject([
      { what: 'verified data', key: 'plan', now: undefined },
      { what: 'verified data', key: 'region', now: undefined },
    ]);
  });

  it('is nothing if only what holds the session in human hands changed', () => {
    expect(differences({ handoff: undefined }, {}, fullSession as Session)).toEqual([]);
  });

  it('is of the session’s data only what the message replaces', () => {
    const change = { custom_data: { order_id: 'ord_124', cart_value: 150 } };
    expect(differences(change)).toEqual([]);
    expect(differences(change, { custom_data: { cart_value: 1, toString: 'x' } })).toEqual([
      { what: 'session data', key: 'cart_value', before: '149.99', now: '150' },
    ]);
    expect(differences({ custom_data: null }, { custom_data: { priority: 'low' } })).toEqual([
      { what: 'session data', key: 'priority', before: 'high', now: undefined },
    ]);
  });
});

describe('the digest of a draft', () => {
  const scene: Scene = {
    session: fullSession as Session,
    newestReached: true,
    newest: { id: 'm2', at: at(2) },
    answers: { id: 'm1', at: at(1), text: 'Words.' },
  };
  const draft = draftFor(scene);

  it('is a hash', async () => {
    expect(await digestOf(draft, scene)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[Partial<Draft>, Partial<Scene>]>([
    [{ number: 2 }, {}],
    [{ sessionId: 's2' }, {}],
    [{ body: { ...draft.body, sender: 'contact' } }, {}],
    [{ body: { ...draft.body, custom_data: { priority: 'low' } } }, {}],
    [{}, { newest: { id: 'm3', at: at(2) } }],
    [{}, { newest: undefined }],
    [{}, { newestReached: false }],
    [{}, { answers: { id: 'm0', at: at(1), text: 'Words.' } }],
    [{}, { answers: { id: 'm1', at: at(0), text: 'Words.' } }],
    [{}, { answers: undefined }],
    [{}, { session: { ...fullSession, assignee_id: '43' } as Session }],
  ])('is another one for %j, %j', async (more, other) => {
    expect(await digestOf({ ...draft, ...more }, { ...scene, ...other })).not.toBe(
      await digestOf(draft, scene),
    );
  });

  it('is the same in another order of keys', async () => {
    const { contact } = fullSession;
    const data = Object.fromEntries(Object.entries(contact.custom_data).reverse());
    const other = {
      ...scene,
      session: { ...fullSession, contact: { ...contact, custom_data: data } } as Session,
    };
    expect(await digestOf(draft, other)).toBe(await digestOf(draft, scene));
  });
});
