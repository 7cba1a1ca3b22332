import { describe, expect, it } from 'vitest';
import { approveDraft } from '../../../src/conversations/outbox/decide-draft.ts';
import { stateOf } from '../../../src/conversations/outbox/draft-state.ts';
import { reviewDraft } from '../../../src/conversations/outbox/review-draft.ts';
import { digestOf } from '../../../src/conversations/outbox/scene.ts';
import type { Draft } from '../../../src/state/outbox/outbox.ts';
import { outboxDesk } from '../../support/outbox/desk.ts';

/** Far above what one approval takes. */
const manySteps = 100;

/** Approves a draft in a process that dies at a step. @returns the steps that it took, and the desk as it is then. */
async function dieAt(last: number, fate: 'answered' | 'answer lost' | 'rejected') {
  const desk = outboxDesk({ fate: () => fate });
  const draft = await desk.draft();
  const digest = await digestOf(draft, draft.scene);
  const steps: string[] = [];
  const ends = new Promise<'died'>((resolve) => {
    const process = desk.start(async (what) => {
      steps.push(what);
      if (steps.length <= last) return;
      resolve('died');
      await new Promise(() => {});
    });
    approveDraft({ number: 1, digest, by: 'sam' }, process.outbox, process.context()).then(() =>
      resolve('died'),
    );
  });
  await ends;
  return { desk, draft, digest, steps };
}

describe.each([
  ['answered', ['sent', 'unknown', 'waiting']],
  ['answer lost', ['sent', 'unknown', 'waiting']],
  ['rejected', ['unknown', 'waiting']],
] as const)('when the request is %s', (fate, possible) => {
  it('a process that dies while it sends an approved draft leaves it so that one message comes of it', async () => {
    const states = new Set<string>();
    for (let last = 0; last < manySteps; last += 1) {
      const { desk, digest, steps } = await dieAt(last, fate);
      if (steps.length <= last) {
        expect(last).toBeGreaterThan(10);
        expect([...states].sort()).toEqual(possible);
        return;
      }
      const where = `died at ${steps.at(-1)} (${last})`;
      desk.world.fate = () => 'answered';
      // While it may still be sending, nobody can approve it again.
      const second = desk.start();
      const found = await second.outbox.get(1);
      if (found?.state !== 'waiting') {
        const early = await approveDraft({ number: 1, digest, by: 'kim' }, second.outbox, second.context());
        expect(early.outcome, where).toBe('decided');
      }
      desk.clock.pass(61_000);
      const third = desk.start();
      const draft = (await third.outbox.get(1)) as Draft;
      const state = stateOf(draft, desk.clock.now());
      states.add(state);
      // What looks as if it had not left has not.
      if (state === 'waiting') expect(desk.world.stored, where).toHaveLength(0);
      if (state === 'sent') expect(desk.world.stored, where).toHaveLength(1);
      const settled = await reviewDraft(1, third.outbox, third.context());
      if (settled?.state === 'waiting') expect(desk.world.stored, where).toHaveLength(0);
      if (settled?.state === 'sent') expect(desk.world.stored, where).toHaveLength(1);
      // A message that is in the history is found.
      if (desk.world.stored.length > 0) expect(settled?.state, where).toBe('sent');
      if (settled === undefined) throw new Error(where);
      // Another person approves it, and again later if it is not known yet whether an attempt of the dead process is over.
      let { digest: current } = settled;
      for (let tries = 0; tries < 4; tries += 1) {
        const request = { number: 1, digest: current, by: 'kim' };
        const again = await approveDraft(request, third.outbox, third.context());
        if (again.outcome === 'changed') current = again.review.digest;
        if (again.outcome === 'sent' || again.outcome === 'found') break;
        desk.clock.pass(61_000);
        await reviewDraft(1, third.outbox, third.context());
      }
      expect(desk.world.stored, where).toHaveLength(1);
      expect(desk.world.posts.length, where).toBeLessThanOrEqual(fate === 'rejected' ? 2 : 1);
      expect(await third.outbox.get(1), where).toMatchObject({ state: 'sent' });
    }
    throw new Error('an approval never ends');
  });
});

it('an equal message from before an approval is not taken for the approved one', async () => {
  const desk = outboxDesk();
  const first = await desk.draft();
  const sender = desk.start();
  const digest = await digestOf(first, first.scene);
  await approveDraft({ number: 1, digest, by: 'sam' }, sender.outbox, sender.context());
  desk.clock.pass(11 * 60_000);
  const second = await desk.draft();
  desk.world.fate = () => 'rejected';
  let changes = 0;
  await new Promise<void>((resolve) => {
    // It dies after the send log knows of the refusal, and before the outbox does.
    const dying = desk.start(async (what) => {
      if (what === 'outbox.change') changes += 1;
      if (changes < 3) return;
      resolve();
      await new Promise(() => {});
    });
    void digestOf(second, second.scene).then((current) =>
      approveDraft({ number: 2, digest: current, by: 'sam' }, dying.outbox, dying.context()),
    );
  });
  desk.clock.pass(61_000);
  const third = desk.start();
  expect(await reviewDraft(2, third.outbox, third.context())).toMatchObject({ state: 'waiting' });
});

it('a deliberate duplicate is not taken for the draft that a process died with', async () => {
  const desk = outboxDesk();
  const [first, second] = [await desk.draft(), await desk.draft({ allowDuplicate: true })];
  const digests = await Promise.all([first, second].map((draft) => digestOf(draft, draft.scene)));
  await new Promise<void>((resolve) => {
    const dying = desk.start(async (what) => {
      if (what !== 'api.sendMessage') return;
      resolve();
      await new Promise(() => {});
    });
    const request = { number: 1, digest: digests[0] ?? '', by: 'sam' };
    void approveDraft(request, dying.outbox, dying.context());
  });
  const other = desk.start();
  const request = { number: 2, digest: digests[1] ?? '', by: 'kim' };
  expect(await approveDraft(request, other.outbox, other.context())).toMatchObject({ outcome: 'sent' });
  desk.clock.pass(61_000);
  expect(await reviewDraft(1, other.outbox, other.context())).toMatchObject({ state: 'unknown' });
  expect(desk.world.posts).toHaveLength(1);
});

it('a computer that slept while it recorded that it sends does not send', async () => {
  const desk = outboxDesk();
  const draft = await desk.draft();
  let changes = 0;
  const process = desk.start(async (what) => {
    if (what !== 'outbox.change') return;
    changes += 1;
    // Its monotonic clock stood still.
    if (changes === 2) desk.clock.set(61_000);
  });
  const digest = await digestOf(draft, draft.scene);
  const result = await approveDraft({ number: 1, digest, by: 'sam' }, process.outbox, process.context());
  expect(result).toMatchObject({ outcome: 'not_sent', draft: { state: 'waiting' } });
  expect(desk.world.posts).toEqual([]);
});

describe('a process that was taken for dead', () => {
  it.each(['send log.create', 'send log.create done', 'outbox.change', 'outbox.change done'])(
    'does not send a second message when it comes back at %s',
    async (at) => {
      const desk = outboxDesk();
      const draft = await desk.draft();
      const digest = await digestOf(draft, draft.scene);
      let comeBack: (() => void) | undefined;
      const held = new Promise<void>((resolve) => {
        const slow = desk.start(async (what) => {
          if (what !== at || comeBack !== undefined) return;
          await new Promise<void>((go) => {
            comeBack = go;
            resolve();
          });
        });
        first = approveDraft({ number: 1, digest, by: 'sam' }, slow.outbox, slow.context());
      });
      await held;
      desk.clock.pass(61_000);
      const other = desk.start();
      const second = await approveDraft({ number: 1, digest, by: 'kim' }, other.outbox, other.context());
      comeBack?.();
      const outcomes = [(await first).outcome, second.outcome];
      expect(desk.world.posts.length).toBeLessThanOrEqual(1);
      expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(desk.world.posts.length);
      if (desk.world.posts.length === 0)
        expect(await other.outbox.get(1)).toMatchObject({ state: 'waiting' });
    },
  );
  let first: ReturnType<typeof approveDraft>;
});
