import { beforeEach, describe, expect, it } from 'vitest';
import { OutboxError } from '../../../src/state/errors.ts';
import type { Draft, NewDraft, Outbox } from '../../../src/state/outbox/outbox.ts';
import { smallestSession } from '../fakes/examples.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';

/** A place for drafts, empty at first. */
export interface OutboxPlace {
  /** Opens it as another process would. */
  open(clock: SettableClock): Outbox;
  /** Damages what is stored of a draft. */
  damage(number: number): void | Promise<void>;
  /** Makes the place unusable, also for outboxes that are open. Absent if nothing can do that. */
  breakDown?(): void | Promise<void>;
  /** Makes it usable again. */
  repair?(): void | Promise<void>;
}

const day = 86_400_000;

export function newDraft(clock: SettableClock, more: Partial<NewDraft> = {}): NewDraft {
  return {
    sessionId: 'session-1',
    body: { sender: 'agent', message: { type: 'text', text: 'It ships today.' } },
    allowDuplicate: false,
    scene: {
      session: { ...smallestSession, id: 'session-1' },
      newestReached: true,
      newest: { id: 'message-1', at: '2026-03-01T12:00:00.000Z' },
      answers: { id: 'message-1', at: '2026-03-01T12:00:00.000Z', text: 'Where is it?' },
    },
    author: { person: 'person-1', name: 'robin', client: 'a-client' },
    created: clock.now(),
    expires: clock.now() + day,
    ...more,
  };
}

/** What every implementation of the outbox promises. */
export function describeOutbox(name: string, createPlace: () => OutboxPlace): void {
  describe(name, () => {
    let place: OutboxPlace;
    let clock: SettableClock;
    let outbox: Outbox;
    const add = (more: Partial<NewDraft> = {}) => outbox.add(newDraft(clock, more));
    const decide = (draft: Draft, reason = 'No.') =>
      outbox.change(draft, {
        state: 'rejected',
        decision: { id: 'decision-1', by: 'sam', at: clock.now(), reason },
      });
    beforeEach(() => {
      place = createPlace();
      clock = settableClock();
      outbox = place.open(clock);
    });

    it('is empty at first', async () => {
      expect(await outbox.list()).toEqual([]);
      expect(await outbox.get(1)).toBeUndefined();
    });

    it('numbers drafts from 1 on', async () => {
      expect([await add(), await add(), await add()].map((draft) => draft.number)).toEqual([1, 2, 3]);
    });

    it('holds a draft as it was added, for every process', async () => {
      const body = {
        sender: 'agent' as const,
        message: {
          type: 'text' as const,
          text: 'Null \u0000, half \ud83d, "quotes"\u2028and \ud83d\ude00',
          attachments: [{ base64: 'AAAA', mime_type: 'image/png' }],
        },
        custom_data: { plan: 'pro', seats: 3, trial: false },
      };
      const added = await add({ body });
      expect(added).toEqual({ ...newDraft(clock, { body }), number: 1, revision: 1, state: 'waiting' });
      expect(await outbox.get(1)).toEqual(added);
      expect(await place.open(clock).get(1)).toEqual(added);
    });

    it('lists the newest first', async () => {
      for (let n = 0; n < 11; n += 1) await add();
      expect((await outbox.list()).map(({ number }) => number)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    });

    it('has the latest revision of each draft, the newest draft first', async () => {
      expect(await outbox.revisions()).toEqual([]);
      const [first] = [await add(), await add()];
      await decide(first);
      expect(await place.open(clock).revisions()).toEqual([
        { number: 2, revision: 1 },
        { number: 1, revision: 2 },
      ]);
    });

    it('lists the drafts of one session', async () => {
      await add();
      // It only mentions the other session.
      await add({
        sessionId: 'session-2',
        body: { sender: 'agent', message: { type: 'text', text: '"sessionId":"session-1"' } },
      });
      await add();
      expect((await outbox.list('session-1')).map(({ number }) => number)).toEqual([3, 1]);
      expect((await outbox.list('session-2')).map(({ number }) => number)).toEqual([2]);
      expect(await outbox.list('session-')).toEqual([]);
    });

    it('gives each draft a number of its own although many are added at once', async () => {
      const others = [outbox, place.open(clock), place.open(clock)];
      const added = await Promise.all(
        Array.from({ length: 12 }, (_, n) => (others[n % 3] as Outbox).add(newDraft(clock))),
      );
      const numbers = added.map(({ number }) => number).sort((a, b) => a - b);
      expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    it('changes a draft, and counts its revisions', async () => {
      const draft = await add();
      const decision = { id: 'decision-1', by: 'sam', at: clock.now(), text: 'It ships tomorrow.', until: 5 };
      const approved = await outbox.change(draft, { state: 'approved', decision });
      expect(approved).toEqual({ ...draft, state: 'approved', decision, revision: 2 });
      const sent = await outbox.change(approved as Draft, { state: 'sent', messageId: 'message-2' });
      expect(await place.open(clock).get(1)).toEqual(sent);
      expect(sent).toMatchObject({ state: 'sent', messageId: 'message-2', revision: 3, decision });
    });

    it('refuses a change of a draft that was changed meanwhile', async () => {
      const draft = await add();
      const other = await place.open(clock).get(1);
      await decide(draft, 'First.');
      expect(await place.open(clock).change(other as Draft, { state: 'approved' })).toBeUndefined();
      expect(await decide(draft, 'Again.')).toBeUndefined();
      expect(await outbox.get(1)).toMatchObject({ state: 'rejected', decision: { reason: 'First.' } });
    });

    it('accepts one of many changes at once', async () => {
      const draft = await add();
      const others = [outbox, place.open(clock), place.open(clock)];
      const changes = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (others[n % 3] as Outbox).change(draft, { state: 'rejected', problem: `by ${n}` }),
        ),
      );
      const accepted = changes.filter((one) => one !== undefined);
      expect(accepted).toHaveLength(1);
      expect(await outbox.get(1)).toEqual(accepted[0]);
    });

    it('leaves a draft out that cannot be read, and never gives an older one in its place', async () => {
      const draft = await add();
      await add();
      await decide(draft);
      await place.damage(1);
      expect(await outbox.get(1)).toBeUndefined();
      expect((await outbox.list()).map(({ number }) => number)).toEqual([2]);
      expect(await outbox.change(draft, { state: 'approved' })).toBeUndefined();
      expect((await add()).number).toBe(3);
    });

    it('removes a draft a week after it was decided or has expired, but never the last number', async () => {
      await decide(await add());
      await add();
      await outbox.change(await add(), { state: 'sending' });
      await add();
      clock.pass(7 * day + 1);
      expect((await outbox.list()).map(({ number }) => number)).toEqual([4, 3, 2]);
      clock.pass(day);
      // One whose outcome is not known stays.
      expect((await outbox.list()).map(({ number }) => number)).toEqual([4, 3]);
      expect((await add()).number).toBe(5);
    });

    it('shares nothing with another place', async () => {
      await add();
      expect(await createPlace().open(clock).list()).toEqual([]);
    });

    it('says so when it cannot be used, and works again afterwards', async () => {
      if (place.breakDown === undefined) return;
      const draft = await add();
      await place.breakDown();
      const uses = [
        () => outbox.list(),
        () => outbox.revisions(),
        () => outbox.get(1),
        () => add(),
        () => decide(draft),
      ];
      for (const use of uses) {
        const error = await use().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(OutboxError);
        expect((error as Error).message).toMatch(/^the outbox in .+ cannot be used \(.+\)$/);
      }
      await place.repair?.();
      expect(await outbox.get(1)).toEqual(draft);
    });
  });
}
