import { describe, expect, it } from 'vitest';
import { memoryOutbox } from '../../src/state/memory/outbox.ts';
import { type DraftStore, type NewRevision, storedOutbox } from '../../src/state/outbox/draft-store.ts';
import type { Draft, Outbox } from '../../src/state/outbox/outbox.ts';
import { newDraft } from '../support/state/outbox-contract.ts';
import { settableClock } from '../support/state/settable-clock.ts';

const day = 86_400_000;

/** An outbox in memory, where a test can see and change what is stored. */
function setUp() {
  const clock = settableClock();
  const drafts = new Map<number, NewRevision>();
  const outbox = memoryOutbox(clock, drafts);
  const numbers = async (of: Outbox = outbox) => (await of.list()).map(({ number }) => number);
  return { clock, drafts, outbox, numbers };
}

describe('a draft that was settled', () => {
  it.each<[string, Draft['state'], number | undefined, number]>([
    ['sent', 'sent', 3, 3],
    ['rejected', 'rejected', 3, 3],
    ['sent by nobody knows whom', 'sent', undefined, 1],
    ['left to expire', 'waiting', undefined, 1],
  ])('is removed a week after it was %s', async (_, state, decidedOn, from) => {
    const { clock, outbox, numbers } = setUp();
    const draft = await outbox.add(newDraft(clock));
    const decision = decidedOn && { id: 'd', by: 'sam', at: clock.now() + decidedOn * day };
    await outbox.change(draft, { state, ...(decision && { decision }) });
    await outbox.add(newDraft(clock));
    clock.pass((from + 7) * day);
    expect(await numbers()).toEqual([2, 1]);
    clock.pass(3_600_000);
    expect(await numbers()).toEqual([2, 1]);
    clock.pass(1);
    expect(await numbers()).toEqual([2]);
  });

  it.each<Draft['state']>(['sending', 'unknown'])('stays as long as it is %s', async (state) => {
    const { clock, outbox, numbers } = setUp();
    await outbox.change(await outbox.add(newDraft(clock)), { state });
    await outbox.add(newDraft(clock));
    clock.pass(100 * day);
    expect(await numbers()).toEqual([2, 1]);
  });
});

it.each<[string, (stored: NewRevision) => NewRevision]>([
  ['is no JSON', (stored) => ({ ...stored, entry: '{' })],
  ['is no draft', (stored) => ({ ...stored, entry: '{}' })],
  [
    'has another number',
    (stored) => ({ ...stored, entry: stored.entry.replace('"number":1', '"number":2') }),
  ],
  ['is another revision', (stored) => ({ ...stored, revision: 2 })],
])('an entry that %s is no draft', async (_, damage) => {
  const { clock, drafts, outbox } = setUp();
  await outbox.add(newDraft(clock));
  drafts.set(1, damage(drafts.get(1) as NewRevision));
  expect(await outbox.get(1)).toBeUndefined();
  expect(await outbox.list()).toEqual([]);
});

it.each([
  'sessionId',
  'body.sender',
  'body.message.text',
  'allowDuplicate',
  'scene.session.id',
  'scene.session.status',
  'scene.session.channel.type',
  'scene.newest.at',
  'scene.answers.text',
  'author',
  'expires',
  'decision.by',
])('an entry without %s is no draft', async (path) => {
  const { clock, drafts, outbox } = setUp();
  const decision = { id: 'd', by: 'sam', at: clock.now() };
  await outbox.change(await outbox.add(newDraft(clock)), { state: 'rejected', decision });
  const stored = drafts.get(1) as NewRevision;
  const entry = JSON.parse(stored.entry);
  const steps = path.split('.');
  const last = steps.pop() as string;
  delete steps.reduce((object, step) => object[step], entry)[last];
  expect(await outbox.get(1)).toBeDefined();
  drafts.set(1, { ...stored, entry: JSON.stringify(entry) });
  expect(await outbox.get(1)).toBeUndefined();
});

it.each([
  [99, 'the draft of the hundredth try'],
  [100, undefined],
])('a number that others took %i times is tried again up to a hundred times', async (rivals, stored) => {
  let tries = 0;
  const store: Partial<DraftStore> = {
    place: 'a store',
    prepare: async () => {},
    readAll: async () => [],
    highest: async () => tries,
    create: async () => ++tries > rivals,
  };
  const clock = settableClock();
  const added = storedOutbox(store as DraftStore, clock).add(newDraft(clock));
  if (stored === undefined) await expect(added).rejects.toThrow('its numbers cannot be read');
  else expect(await added).toMatchObject({ number: 100, revision: 1, state: 'waiting' });
  expect(tries).toBe(100);
});
