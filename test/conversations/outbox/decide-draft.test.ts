import { describe, expect, it } from 'vitest';
import { approveDraft, rejectDraft } from '../../../src/conversations/outbox/decide-draft.ts';
import { reviewDraft } from '../../../src/conversations/outbox/review-draft.ts';
import { digestOf } from '../../../src/conversations/outbox/scene.ts';
import { storeDraft } from '../../../src/conversations/outbox/store-draft.ts';
import type { Draft, Outbox } from '../../../src/state/outbox/outbox.ts';
import { outboxDesk, sessionId, text } from '../../support/outbox/desk.ts';

const by = 'sam';
const request = async (draft: Draft, more: { text?: string } = {}) => ({
  number: draft.number,
  digest: await digestOf(draft, draft.scene),
  by,
  ...more,
});

describe('the decision about a draft', () => {
  it('is recorded with the attempt, and until when it counts', async () => {
    const desk = outboxDesk({ pause: async () => desk.clock.pass(1000) });
    const draft = await desk.draft();
    desk.clock.pass(1000);
    const { outbox, context } = desk.start();
    const at = desk.clock.now();
    const call = context();
    await approveDraft(await request(draft), outbox, call);
    const decision = (await outbox.get(1))?.decision;
    expect(decision).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      by,
      // The conversation was read before.
      at: at + 1000,
      until: at + 60_000,
      attempt: expect.any(String),
    });
  });

  it('has no text if the person changed nothing', async () => {
    const desk = outboxDesk();
    const { outbox, context } = desk.start();
    await approveDraft(await request(await desk.draft(), { text }), outbox, context());
    expect((await outbox.get(1))?.decision).not.toHaveProperty('text');
    const longest = 'x'.repeat(100_000);
    const second = await desk.draft({ words: 'Another one.' });
    const review = await reviewDraft(2, outbox, context());
    const edited = { ...(await request(second, { text: longest })), digest: review?.digest ?? '' };
    expect(await approveDraft(edited, outbox, context())).toMatchObject({
      outcome: 'sent',
      draft: { decision: { text: longest } },
    });
  });

  it('is recorded too if the message was there already', async () => {
    const desk = outboxDesk({ fate: () => 'answer lost', lateMs: () => 90_000 });
    const first = await desk.draft();
    const { outbox, context } = desk.start();
    await approveDraft(await request(first), outbox, context());
    const second = await desk.draft({ words: 'Similar.' });
    desk.clock.pass(60_000);
    const approved = await approveDraft(await request(second, { text }), outbox, context());
    const decision = { id: expect.any(String), by, at: desk.clock.now(), text };
    expect(approved).toMatchObject({
      outcome: 'found',
      draft: { number: 2, state: 'sent', messageId: 'm1' },
    });
    expect((await outbox.get(2))?.decision).toEqual(decision);
    expect(desk.world.posts).toHaveLength(1);
  });

  it.each([
    ['answered', { outcome: 'sent', draft: { number: 1, state: 'sent', messageId: 'm1' } }],
    ['request lost', { outcome: 'unknown', draft: { number: 1, state: 'unknown', decision: { by } } }],
  ] as const)('is told although it cannot be recorded, when the request is %s', async (fate, told) => {
    const desk = outboxDesk({ fate: () => fate });
    const draft = await desk.draft();
    let changes = 0;
    const broken = new Error('EIO');
    const { outbox, context } = desk.start(async (what) => {
      if (what === 'outbox.change') changes += 1;
      if (changes > 2) throw broken;
    });
    const result = await approveDraft(await request(draft), outbox, context());
    expect(result).toMatchObject({ ...told, lost: broken });
  });
});

describe('if somebody else is faster', () => {
  /** An outbox in which others take the draft before its nth change. */
  function taken(outbox: Outbox, nth: number, theirs: Draft | undefined): Outbox {
    let changes = 0;
    let isTaken = false;
    return {
      ...outbox,
      async change(...wanted) {
        changes += 1;
        isTaken ||= changes === nth;
        return isTaken ? undefined : outbox.change(...wanted);
      },
      get: async (number) => (isTaken ? theirs : outbox.get(number)),
    };
  }
  const rejected = { id: 'd', by: 'kim', at: 1 };

  it.each([
    ['before it is approved', 1],
    ['before it is sent', 2],
  ])('%s, nothing is sent, and their decision is told', async (_, nth) => {
    for (const isThere of [true, false]) {
      const desk = outboxDesk();
      const draft = await desk.draft();
      const { outbox, context } = desk.start();
      const theirs = isThere ? ({ ...draft, state: 'rejected', decision: rejected } as const) : undefined;
      const result = await approveDraft(await request(draft), taken(outbox, nth, theirs), context());
      expect(result.outcome).toBe('decided');
      if (result.outcome !== 'decided') return;
      if (isThere) expect(result.draft).toBe(theirs);
      else expect(result.draft).toMatchObject({ number: 1, state: nth === 1 ? 'waiting' : 'approved' });
      expect(desk.world.posts).toEqual([]);
    }
  });

  it('an approval that could not be used leaves the draft waiting, and says why', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    let changes = 0;
    const change: Outbox['change'] = async (...wanted) => {
      changes += 1;
      return changes === 2 ? undefined : outbox.change(...wanted);
    };
    const problem = expect.stringContaining('this approval was used before');
    expect(await approveDraft(await request(draft), { ...outbox, change }, context())).toMatchObject({
      outcome: 'not_sent',
      draft: { state: 'waiting', problem },
    });
    expect(desk.world.posts).toEqual([]);
  });

  it('a rejection tells what they decided', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    const theirs = { ...draft, state: 'sent' } as const;
    const wanted = { number: 1, reason: 'No.', by };
    expect(await rejectDraft(wanted, taken(outbox, 1, theirs), context())).toEqual({
      outcome: 'decided',
      draft: theirs,
    });
    expect(await rejectDraft(wanted, taken(outbox, 1, undefined), context())).toEqual({
      outcome: 'decided',
      draft,
    });
  });
});

it('an approval is too old from the moment on until which it counts', async () => {
  for (const [late, outcome] of [
    [-1, 'sent'],
    [0, 'not_sent'],
  ] as const) {
    const desk = outboxDesk();
    const draft = await desk.draft();
    let changes = 0;
    const { outbox, context } = desk.start(async (what) => {
      if (what === 'outbox.change') changes += 1;
      // Its monotonic clock stood still.
      if (changes === 2 && what === 'outbox.change') desk.clock.set(60_000 + late);
    });
    expect(await approveDraft(await request(draft), outbox, context())).toMatchObject({ outcome });
  }
});

it('there is nothing to review of a draft that is not there', async () => {
  const { outbox, context } = outboxDesk().start();
  expect(await reviewDraft(1, outbox, context())).toBeUndefined();
});

describe('storing a draft', () => {
  const body = { sender: 'agent', message: { type: 'text', text } } as const;

  it('tells whether it is new', async () => {
    const desk = outboxDesk();
    const { outbox, context } = desk.start();
    const store = () => storeDraft(sessionId, body, false, outbox, context());
    const first = await store();
    expect(first.isNew).toBe(true);
    expect(await store()).toEqual({ ...first, isNew: false });
  });

  it('warns of nothing if no customer has written', async () => {
    const desk = outboxDesk();
    desk.world.others.length = 0;
    const { outbox, context } = desk.start();
    const call = context();
    const { draft } = await storeDraft(sessionId, body, false, outbox, call);
    expect(draft.scene).toEqual({ session: desk.session, newestReached: true, warning: undefined });
  });
});
