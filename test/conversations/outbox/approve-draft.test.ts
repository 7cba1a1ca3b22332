import { describe, expect, it } from 'vitest';
import { approveDraft, rejectDraft } from '../../../src/conversations/outbox/decide-draft.ts';
import { stateOf } from '../../../src/conversations/outbox/draft-state.ts';
import { listDrafts, reviewDraft } from '../../../src/conversations/outbox/review-draft.ts';
import { digestOf } from '../../../src/conversations/outbox/scene.ts';
import type { NewRevision } from '../../../src/state/outbox/draft-store.ts';
import type { Draft } from '../../../src/state/outbox/outbox.ts';
import { fullSession } from '../../support/fakes/examples.ts';
import { outboxDesk, sessionId, text } from '../../support/outbox/desk.ts';

const hour = 3_600_000;
const by = 'sam';

async function approval(draft: Draft, more: { text?: string; by?: string } = {}) {
  return { number: draft.number, digest: await digestOf(draft, draft.scene), by, ...more };
}

describe('a message that waits for a person', () => {
  it('is not sent, and holds what it answers', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft({}, { author: { person: 'person-1', name: 'robin', client: 'a-client' } });
    expect(desk.world.posts).toEqual([]);
    expect(draft).toMatchObject({
      number: 1,
      state: 'waiting',
      sessionId,
      body: { sender: 'agent', message: { text } },
      scene: {
        newestReached: true,
        answers: { id: 'other-1', text: 'Where is my parcel?' },
        warning: 'not_read',
      },
      author: { person: 'person-1', name: 'robin', client: 'a-client' },
      created: desk.clock.now(),
      expires: desk.clock.now() + 24 * hour,
    });
  });

  it('is stored once although the call is repeated', async () => {
    const desk = outboxDesk();
    const first = await desk.draft();
    expect(await desk.draft({ words: `${text} ` })).toEqual(first);
    expect((await desk.draft({ words: 'Another one.' })).number).toBe(2);
    expect((await desk.draft({ allowDuplicate: true })).number).toBe(3);
    expect((await desk.draft({}, { author: { person: 'person-2' } })).number).toBe(4);
    expect((await desk.draft({ custom_data: { plan: 'pro' } })).number).toBe(5);
  });

  it('is refused when too many wait', async () => {
    const desk = outboxDesk();
    const { nonce, entry, ...first } = await desk.draft().then(() => desk.drafts.get(1) as NewRevision);
    for (let number = 2; number <= 200; number += 1) {
      const copy = { ...(JSON.parse(entry) as Draft), number };
      desk.drafts.set(number, { ...first, number, nonce, entry: JSON.stringify(copy) });
    }
    await expect(desk.draft({ words: 'One more.' })).rejects.toMatchObject({ outcome: 'outbox_full' });
    const { outbox, context } = desk.start();
    await rejectDraft({ number: 1, reason: 'No.', by }, outbox, context());
    expect((await desk.draft({ words: 'One more.' })).number).toBe(201);
  });
});

describe('approving', () => {
  it('sends exactly what was approved, once', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft({ custom_data: { plan: 'pro' } });
    const { outbox, context } = desk.start();
    const approved = await approveDraft(await approval(draft), outbox, context());
    expect(approved).toMatchObject({
      outcome: 'sent',
      draft: { state: 'sent', messageId: 'm1', decision: { by, at: desk.clock.now() } },
    });
    expect(desk.world.posts).toEqual([{ sessionId, body: draft.body }]);
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    expect(await rejectDraft({ number: 1, reason: 'No.', by }, outbox, context())).toMatchObject({
      outcome: 'decided',
      draft: { state: 'sent' },
    });
    expect(desk.world.posts).toHaveLength(1);
  });

  it('sends the text that the person put in its place', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft({ custom_data: { plan: 'pro' } });
    const { outbox, context } = desk.start();
    const edited = 'It ships tomorrow.';
    await approveDraft(await approval(draft, { text: edited }), outbox, context());
    const { message, ...rest } = draft.body;
    expect(desk.world.posts).toEqual([
      { sessionId, body: { ...rest, message: { ...message, text: edited } } },
    ]);
    expect(await outbox.get(1)).toMatchObject({
      state: 'sent',
      decision: { text: edited },
      body: draft.body,
    });
  });

  it.each(['', ' \n', 'x'.repeat(100_001)])('refuses a text that cannot be sent', async (words) => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    await expect(
      approveDraft(await approval(draft, { text: words }), outbox, context()),
    ).rejects.toMatchObject({
      name: 'ArgumentError',
    });
    expect(await outbox.get(1)).toEqual(draft);
  });

  it('of two people at once lets one send, and tells the other', async () => {
    for (const [one, other] of [
      [undefined, undefined],
      ['Text of one.', 'Text of the other.'],
    ]) {
      const desk = outboxDesk();
      const draft = await desk.draft();
      // In one process, and in another one.
      const [first, second] = [desk.start(), desk.start()];
      const requests = [
        approval(draft, { ...(one && { text: one }), by: 'one' }),
        approval(draft, { ...(other && { text: other }), by: 'other' }),
        approval(draft, { by: 'third' }),
      ];
      const [a, b, c] = await Promise.all(requests);
      const results = await Promise.all([
        approveDraft(a as never, first.outbox, first.context()),
        approveDraft(b as never, first.outbox, first.context()),
        approveDraft(c as never, second.outbox, second.context()),
      ]);
      const outcomes = results.map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual(['decided', 'decided', 'sent']);
      const sent = results.find(({ outcome }) => outcome === 'sent') as { draft: Draft };
      expect(desk.world.posts).toHaveLength(1);
      expect(desk.world.posts[0]?.body.message.text).toBe(sent.draft.decision?.text ?? text);
      expect(await first.outbox.get(1)).toEqual(sent.draft);
    }
  });

  it.each([['user'], ['ai'], ['agent'], ['somebody new']])(
    'shows that the %s has written since, and asks again',
    async (from) => {
      const desk = outboxDesk();
      const draft = await desk.draft();
      const { outbox, context } = desk.start();
      const written = desk.write(from, 'Never mind.');
      const result = await approveDraft(await approval(draft), outbox, context());
      expect(result).toMatchObject({
        outcome: 'changed',
        review: {
          hasChanged: true,
          changes: { differences: [], newMessages: [written], newestUnknown: false },
        },
      });
      expect(desk.world.posts).toEqual([]);
      expect(await outbox.get(1)).toEqual(draft);
      if (result.outcome !== 'changed') return;
      const { digest } = result.review;
      expect(await approveDraft({ number: 1, digest, by }, outbox, context())).toMatchObject({
        outcome: 'sent',
      });
    },
  );

  it('shows what the customer wrote although a newer message of others was known', async () => {
    const desk = outboxDesk();
    const { created_at } = desk.write('ai', 'One moment.');
    const draft = await desk.draft();
    const late = desk.write('user', 'Never mind.');
    late.created_at = new Date(Date.parse(created_at) - 500).toISOString();
    const { outbox, context } = desk.start();
    const result = await approveDraft(await approval(draft), outbox, context());
    expect(result).toMatchObject({ outcome: 'changed', review: { changes: { newMessages: [late] } } });
    expect(desk.world.posts).toEqual([]);
  });

  it('asks again each time something happens', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    let { digest } = await approval(draft);
    for (const words of ['Wait.', 'Wait!', 'WAIT']) {
      desk.write('user', words);
      const result = await approveDraft({ number: 1, digest, by }, outbox, context());
      if (result.outcome !== 'changed') throw new Error(result.outcome);
      digest = result.review.digest;
    }
    expect(desk.world.posts).toEqual([]);
  });

  it.each([
    [
      'the status',
      { status: 'closed_resolved' as const },
      { what: 'status', before: 'open', now: 'closed_resolved' },
    ],
    [
      'the recipient',
      { contact: { ...fullSession.contact, email: 'else@example.com' } as never },
      { what: 'verified email', before: fullSession.contact?.email, now: 'else@example.com' },
    ],
    [
      'that there is a contact',
      { contact: undefined },
      { what: 'contact', before: fullSession.contact?.id, now: undefined },
    ],
    ['the assignee', { assignee_id: '7' }, { what: 'assignee', now: '7' }],
    [
      'a value that it replaces',
      { custom_data: { plan: 'old' } },
      { what: 'session data', key: 'plan', now: 'old' },
    ],
  ])('shows that %s changed, and asks again', async (_, change, difference) => {
    const desk = outboxDesk();
    desk.session = { ...fullSession, status: 'open' };
    const draft = await desk.draft({ custom_data: { plan: 'pro' } });
    desk.session = { ...desk.session, ...change } as never;
    const { outbox, context } = desk.start();
    const result = await approveDraft(await approval(draft), outbox, context());
    if (result.outcome !== 'changed') throw new Error(result.outcome);
    expect(result.review.changes.differences).toContainEqual(expect.objectContaining(difference));
    expect(desk.world.posts).toEqual([]);
    await approveDraft({ number: 1, digest: result.review.digest, by }, outbox, context());
    expect(desk.world.posts).toHaveLength(1);
  });

  it('does not ask about what does not matter', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { contact } = fullSession;
    const later = '2027-01-01T00:00:00.000Z';
    desk.session = {
      ...fullSession,
      updated_at: later,
      sentiment: 'neutral',
      custom_data: { other: 1 },
      contact: contact && { ...contact, updated_at: later },
    };
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({ outcome: 'sent' });
  });

  it('refuses the digest of another draft', async () => {
    const desk = outboxDesk();
    const [one, other] = [await desk.draft(), await desk.draft({ words: 'Another one.' })];
    const { outbox, context } = desk.start();
    const { digest } = await approval(other);
    expect(await approveDraft({ number: one.number, digest, by }, outbox, context())).toMatchObject({
      outcome: 'changed',
    });
    expect(desk.world.posts).toEqual([]);
  });

  it.each([0, -1, 1.5, 2, Number.NaN])('knows no draft %s', async (number) => {
    const desk = outboxDesk();
    const { digest } = await approval(await desk.draft());
    const { outbox, context } = desk.start();
    expect(await approveDraft({ number, digest, by }, outbox, context())).toEqual({ outcome: 'missing' });
    expect(await rejectDraft({ number, reason: 'No.', by }, outbox, context())).toEqual({
      outcome: 'missing',
    });
  });

  it('does not send a draft that has expired', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    desk.clock.pass(24 * hour);
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    expect(stateOf(draft, desk.clock.now())).toBe('expired');
    expect(await rejectDraft({ number: 1, reason: 'No.', by }, outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    expect(desk.world.posts).toEqual([]);
  });

  it('does not send a draft that expires while the conversation is read', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    desk.clock.pass(24 * hour - 1);
    const { outbox, context } = desk.start(async (what) => {
      if (what === 'api.getSession') desk.clock.pass(1);
    });
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    expect(desk.world.posts).toEqual([]);
  });

  it('leaves a draft waiting that the API refuses, and says why', async () => {
    const desk = outboxDesk({ fate: () => 'rejected' });
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    const result = await approveDraft(await approval(draft), outbox, context());
    expect(result).toMatchObject({ outcome: 'not_sent', draft: { state: 'waiting', problem: 'No.' } });
    desk.world.fate = () => 'answered';
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({ outcome: 'sent' });
    expect(desk.world.stored).toHaveLength(1);
  });

  it('leaves a draft waiting whose words were sent a moment before', async () => {
    const desk = outboxDesk();
    const [one, other] = [await desk.draft(), await desk.draft({ allowDuplicate: true })];
    const { outbox, context } = desk.start();
    await approveDraft(await approval(other), outbox, context());
    const { review } = (await approveDraft(await approval(one), outbox, context()).catch((e) => e)) as never;
    expect(review).toBeUndefined();
    expect(await outbox.get(1)).toMatchObject({ state: 'waiting' });
    expect(desk.world.posts).toHaveLength(1);
  });

  it('finds a message whose answer was lost', async () => {
    const desk = outboxDesk({ fate: () => 'answer lost' });
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'found',
      draft: { state: 'sent', messageId: 'm1', decision: { by } },
    });
  });

  it('says that it does not know what became of a message, and settles it later', async () => {
    const desk = outboxDesk({ fate: () => 'answer lost', lateMs: () => 90_000 });
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'unknown',
      draft: { state: 'unknown' },
    });
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    desk.clock.pass(60_000);
    const other = desk.start();
    expect(await reviewDraft(1, other.outbox, other.context())).toMatchObject({
      state: 'sent',
      draft: { messageId: 'm1', decision: { by } },
    });
    expect(desk.world.posts).toHaveLength(1);
  });

  it('lets a message wait again that certainly did not arrive', async () => {
    const desk = outboxDesk({ fate: () => 'request lost' });
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'unknown',
    });
    desk.clock.pass(2 * 60_000);
    expect(await reviewDraft(1, outbox, context())).toMatchObject({ state: 'waiting' });
    desk.world.fate = () => 'answered';
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({ outcome: 'sent' });
    expect(desk.world.stored).toHaveLength(1);
  });

  it('needs the permission to change a verified contact', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft({ contact: { name: 'Else' } }, { allowVerified: true });
    const { outbox, context } = desk.start();
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'not_sent',
      error: { name: 'NotAllowedError' },
    });
    expect(desk.world.posts).toEqual([]);
  });
});

describe('rejecting', () => {
  it('ends a draft with the reason', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    const reason = ` Too blunt. ${'x'.repeat(3000)}`;
    expect(await rejectDraft({ number: 1, reason, by }, outbox, context())).toMatchObject({
      outcome: 'rejected',
      draft: {
        state: 'rejected',
        decision: { by, at: desk.clock.now(), reason: reason.trim().slice(0, 2000) },
      },
    });
    expect(await approveDraft(await approval(draft), outbox, context())).toMatchObject({
      outcome: 'decided',
    });
    expect(desk.world.posts).toEqual([]);
  });

  it('and approving at once leads to one of both', async () => {
    const desk = outboxDesk();
    const draft = await desk.draft();
    const { outbox, context } = desk.start();
    const [approved, rejected] = await Promise.all([
      approveDraft(await approval(draft), outbox, context()),
      rejectDraft({ number: 1, reason: 'No.', by }, outbox, context()),
    ]);
    expect([approved.outcome, rejected.outcome]).toEqual(['decided', 'rejected']);
    expect(desk.world.posts).toEqual([]);
  });
});

describe('the list', () => {
  it('has the drafts of all, newest first, with their state, and no hash of any', async () => {
    const desk = outboxDesk();
    for (const words of ['One.', 'Another one.']) await desk.draft({ words });
    const { outbox, context } = desk.start();
    await rejectDraft({ number: 1, reason: 'No.', by }, outbox, context());
    const listed = await listDrafts(outbox, context());
    expect(listed.map(({ draft: { number }, state }) => [number, state])).toEqual([
      [2, 'waiting'],
      [1, 'rejected'],
    ]);
    for (const one of listed) expect(one).not.toHaveProperty('digest');
  });
});
