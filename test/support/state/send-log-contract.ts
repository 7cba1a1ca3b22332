import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SendLogError } from '../../../src/state/errors.ts';
import type { Claim, IdempotencyKey, OpenAttempt, SendLog } from '../../../src/state/send-log.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';
import { describeSingleFlight } from './single-flight-contract.ts';

export interface SendLogOptions {
  readonly account: string;
  readonly clock: Clock;
  readonly onLost: (error: Error) => void;
}

/** A place for a send log, empty at first. */
export interface SendLogPlace {
  /** Opens the log as another process would. */
  open(options: SendLogOptions): SendLog;
  /** Makes the place unusable, also for logs that are open. */
  breakDown(): void | Promise<void>;
  /** Makes it usable again. What was recorded before is still there. */
  repair(): void | Promise<void>;
  /** Removes all records behind the back of the logs. */
  forget(): void | Promise<void>;
  /** Removes it. */
  close(): void | Promise<void>;
}

const text = 'The refund is on its way.';
export const send: IdempotencyKey = {
  kind: 'message',
  sessionId: 'session-1',
  content: ['agent', text],
  effects: {},
};
const creation: IdempotencyKey = { kind: 'session', sessionId: '', content: ['api'], effects: {} };
const minutes = 60_000;
const once = { allowDuplicate: false, longestMs: 0 };
const again = { ...once, allowDuplicate: true };
const withText = (words: string) => ({ ...send, content: ['agent', words] });

/** What every implementation of the send log promises. */
export function describeSendLog(name: string, createPlace: () => SendLogPlace | Promise<SendLogPlace>): void {
  describe(name, () => {
    let place: SendLogPlace;
    let clock: SettableClock;
    let log: SendLog;
    const lost = vi.fn<(error: Error) => void>();
    const openLog = (account = 'account') => place.open({ account, clock, onLost: lost });
    const claimState = async (key = send, from = log) => (await from.claim(key, once)).state;

    beforeEach(async () => {
      place = await createPlace();
      clock = settableClock();
      lost.mockClear();
      log = openLog();
    });
    afterEach(() => place.close());

    describe('a message that is not in the log', () => {
      it('is new and may be sent', async () => {
        const began = new Date(clock.now());
        expect(await log.find(send)).toBeUndefined();
        expect(free(await log.claim(send, once)).began).toEqual(began);
      });

      it('is still new after find', async () => {
        await log.find(send);
        expect(await log.find(send)).toBeUndefined();
        expect(await claimState()).toBe('free');
      });
    });

    describe.each([
      ['the same log', () => log],
      ['a log that was opened again', () => openLog()],
    ])('in %s', (_, other) => {
      it('an attempt without an outcome counts as unknown', async () => {
        const began = new Date(clock.now());
        await log.claim(send, once);
        clock.pass(minutes);
        expect(await other().find(send)).toBeDefined();
        expect(unknown(await other().claim(send, once)).began).toEqual(began);
      });

      it('an attempt with an unknown outcome is unknown', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, once)).unknown();
        clock.pass(minutes);
        expect(await other().find(send)).toBeDefined();
        expect(unknown(await other().claim(send, once)).began).toEqual(began);
      });

      it('a message that was sent is reported as sent, with the time of the attempt', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, once)).sent('message-1');
        clock.pass(minutes);
        expect(await other().find(send)).toBeDefined();
        expect(await other().claim(send, once)).toEqual(sentAt(began));
      });

      it('a message that was rejected may be sent again', async () => {
        await free(await log.claim(send, once)).rejected();
        expect(await other().find(send)).toBeUndefined();
        expect(await claimState(send, other())).toBe('free');
      });

      it('an unknown attempt counts as sent once its message is found', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, once)).unknown();
        clock.pass(minutes);
        expect(await unknown(await other().claim(send, once)).found(['message-1'])).toBe('message-1');
        expect(await log.claim(send, once)).toEqual(sentAt(began));
      });
    });

    it('an outcome may still be recorded after the attempt was called unknown', async () => {
      const attempt = free(await log.claim(send, once));
      await attempt.unknown();
      await attempt.sent('message-1');
      expect(await claimState()).toBe('sent');
    });

    describe('a message of the API', () => {
      /** Attempts whose outcome is unknown. */
      const open = async (...logs: SendLog[]) => {
        const attempts: OpenAttempt[] = [];
        for (const from of logs) attempts.push(free(await from.claim(send, again)));
        for (const attempt of attempts) await attempt.unknown();
        return attempts as [OpenAttempt, OpenAttempt];
      };

      it('belongs to the attempt that sent it', async () => {
        const [one, other] = await open(log, log);
        await one.sent('message-1');
        expect(await other.found(['message-1'])).toBeUndefined();
        expect(await one.found(['message-1'])).toBe('message-1');
        expect(await other.unclaimed(['message-1', 'message-2'])).toEqual(['message-2']);
        expect(await one.unclaimed(['message-1', 'message-2'])).toEqual(['message-1', 'message-2']);
      });

      it('does not belong to an attempt that has not ended', async () => {
        const [lostOne] = await open(log);
        const running = free(await log.claim(send, { ...again, longestMs: 1000 }));
        for (const from of [log, openLog()]) {
          const looked = unknown(await from.claim(send, once));
          expect(await looked.found(['message-1'])).toBeUndefined();
        }
        expect(lost).not.toHaveBeenCalled();
        await running.rejected();
        expect(await lostOne.found(['message-1'])).toBe('message-1');
      });

      it('does not belong to a running attempt of this process, but may to one that another process sees', async () => {
        await log.claim(send, { ...once, longestMs: minutes });
        expect(await unknown(await log.claim(send, once)).found(['message-1'])).toBeUndefined();
        // Its process may have crashed.
        expect(await unknown(await openLog().claim(send, once)).found(['message-1'])).toBe('message-1');
      });

      it('that another process found for an attempt is the only one it can find', async () => {
        const [one] = await open(log);
        expect(await unknown(await openLog().claim(send, once)).found(['message-2'])).toBe('message-2');
        expect(await one.found(['message-1'])).toBeUndefined();
        expect(await one.found(['message-1', 'message-2'])).toBe('message-2');
        expect(await claimState()).toBe('sent');
      });

      it('is not found for an attempt of another process whose record was removed', async () => {
        await free(await log.claim(send, once)).unknown();
        const other = openLog();
        const seen = unknown(await other.claim(send, once));
        await place.forget();
        expect(await seen.found(['message-1'])).toBeUndefined();
        expect(await seen.absent()).toBe(false);
        expect(await other.find(send)).toBeUndefined();
      });

      it('belongs to the first attempt that finds it, however often that attempt asks', async () => {
        const [one, other] = await open(log, log);
        expect(await other.found(['message-2'])).toBe('message-2');
        expect(await other.found(['message-2'])).toBe('message-2');
        expect(await one.found(['message-2'])).toBeUndefined();
      });

      it('belongs to one of two attempts that find it at once in two logs', async () => {
        const attempts = await open(log, openLog());
        const owners = await Promise.all(attempts.map((attempt) => attempt.found(['message-1'])));
        expect(owners.filter((id) => id !== undefined)).toEqual(['message-1']);
      });

      it('is one of two for each of two attempts', async () => {
        const [one, other] = await open(log, log);
        const both = ['message-1', 'message-2'];
        expect([await one.found(both), await other.found(both)].sort()).toEqual(both);
      });

      it('is not found if there are more messages than attempts: some are another person’s', async () => {
        const [one] = await open(log);
        expect(await one.found(['message-1', 'message-2'])).toBeUndefined();
        expect(await claimState()).toBe('unknown');
        await free(await log.claim(send, again)).sent('message-2');
        expect(await one.found(['message-1', 'message-2'])).toBe('message-1');
      });

      it.each([
        ['this process', () => log],
        ['another process', () => openLog()],
      ])('is not found while an equal attempt of %s is running', async (_, other) => {
        const [one] = await open(log);
        const running = free(await other().claim(send, { ...again, longestMs: minutes }));
        expect(await one.found(['message-1'])).toBeUndefined();
        await running.sent('message-1');
        expect(await one.found(['message-1'])).toBeUndefined();
      });

      it('is not found for an attempt that was rejected', async () => {
        const [one] = await open(log);
        await one.rejected();
        expect(await one.found(['message-1'])).toBeUndefined();
        expect(await log.find(send)).toBeUndefined();
      });

      it('does not settle an attempt that it does not belong to', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        await free(await log.claim(send, again)).unknown();
        expect(await unknown(await log.claim(send, once)).found(['message-1'])).toBeUndefined();
        expect(await claimState()).toBe('unknown');
      });

      it('of an attempt with another text does not settle this one', async () => {
        await free(await log.claim(withText('Another text'), once)).sent('message-1');
        expect(await free(await log.claim(send, once)).found(['message-1'])).toBeUndefined();
      });

      it('is another message in another session or account', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        const session = free(await log.claim({ ...send, sessionId: 'session-2' }, once));
        expect(await session.found(['message-1'])).toBe('message-1');
        const account = free(await openLog('other account').claim(send, once));
        expect(await account.found(['message-1'])).toBe('message-1');
      });
    });

    describe('a message is another message', () => {
      it.each<[string, IdempotencyKey]>([
        ['in another session', { ...send, sessionId: 'session-2' }],
        ['from another sender', { ...send, content: ['contact', text] }],
        ['with another text', withText(`${text}!`)],
        ['with attachments', { ...send, content: [...send.content, ['a file']] }],
      ])('%s', async (_, other) => {
        await free(await log.claim(send, once)).sent('message-1');
        expect(await log.find(other)).toBeUndefined();
        expect(await claimState(other)).toBe('free');
        expect(await claimState()).toBe('sent');
      });

      it('in another account', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        const other = openLog('other account');
        expect(await other.find(send)).toBeUndefined();
        expect(await claimState(send, other)).toBe('free');
      });

      it('if its values are the same only when they are joined', async () => {
        await free(await log.claim({ ...send, content: ['a', 'bc'] }, once)).sent('message-1');
        expect(await claimState({ ...send, content: ['ab', 'c'] })).toBe('free');
      });
    });

    describe('the duplicate window', () => {
      const windowMs = 10 * minutes;
      const open: [string, (attempt: OpenAttempt) => Promise<void>][] = [
        ['whose outcome is unknown', (attempt) => attempt.unknown()],
        ['without an outcome', async () => {}],
      ];

      it('of a message that was sent ends after ten minutes', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        clock.pass(windowMs - 1);
        for (const one of [log, openLog()]) expect(await one.find(send)).toBeDefined();
        clock.pass(1);
        for (const one of [log, openLog()]) expect(await one.find(send)).toBeUndefined();
        expect(await claimState()).toBe('free');
      });

      it.each(open)('never ends for a message %s', async (_, end) => {
        await end(free(await log.claim(send, once)));
        clock.pass(1000 * windowMs);
        for (const one of [log, openLog()]) expect(await claimState(send, one)).toBe('unknown');
      });

      it('counts from the last moment at which the message may have left', async () => {
        const attempt = free(await log.claim(send, { ...once, longestMs: windowMs }));
        clock.pass(windowMs - 1);
        await attempt.sent('message-1');
        clock.pass(windowMs - 1);
        for (const one of [log, openLog()]) expect(await claimState(send, one)).toBe('sent');
        clock.pass(1);
        expect(await claimState()).toBe('free');
      });

      it('of a lost message that was found later counts from when its answer was lost', async () => {
        const attempt = free(await log.claim(send, once));
        clock.pass(minutes);
        const lostAt = new Date(clock.now());
        await attempt.unknown();
        clock.pass(minutes);
        await attempt.found(['message-1']);
        expect(await log.find(send)).toEqual(sentAt(lostAt));
      });

      it('stays closed in the process that sent it when the clock is set forward', async () => {
        clock.pass(windowMs - 1);
        await free(await log.claim(send, once)).sent('message-1');
        clock.set(30 * 24 * 60 * minutes);
        clock.pass(windowMs - 1);
        expect(await claimState()).toBe('sent');
        clock.pass(1);
        expect(await claimState()).toBe('free');
      });

      it.each([
        ['an hour', 60 * minutes],
        ['a month', 30 * 24 * 60 * minutes],
      ])('stays closed when the clock is set back by %s', async (_, ms) => {
        await free(await log.claim(send, once)).sent('message-1');
        clock.set(-ms);
        expect(await claimState()).toBe('sent');
        expect(await claimState(send, openLog())).toBe('sent');
      });

      it('is closed again when the clock was set forward for a time', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        clock.set(60 * minutes);
        expect(await openLog().find(send)).toBeUndefined();
        clock.set(-60 * minutes);
        expect(await claimState(send, openLog())).toBe('sent');
      });

      it('shows a recent attempt behind one that a wrong clock dated an hour ago', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        clock.set(-60 * minutes);
        await free(await log.claim(send, again)).sent('message-2');
        clock.set(61 * minutes);
        expect(await openLog().find(send)).toMatchObject({ state: 'sent', id: 'message-1' });
      });
    });

    describe('with allow_duplicate', () => {
      it.each<[string, (attempt: OpenAttempt) => Promise<void>]>([
        ['was sent', (attempt) => attempt.sent('message-1')],
        ['has an unknown outcome', (attempt) => attempt.unknown()],
        ['is under way', async () => {}],
      ])('a message that %s may be sent again', async (_, end) => {
        await end(free(await log.claim(send, once)));
        clock.pass(minutes);
        const began = new Date(clock.now());
        expect(free(await openLog().claim(send, again)).began).toEqual(began);
      });

      it('all of many claims at once may be sent', async () => {
        const logs = [log, openLog()];
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, n) => pick(logs, n).claim(send, again)),
        );
        expect(claims.map(({ state }) => state)).toEqual(Array(10).fill('free'));
      });

      it('the latest of many attempts decides', async () => {
        const began: number[] = [];
        for (let n = 1; n <= 12; n += 1) {
          clock.pass(1000);
          began.push(clock.now());
          await log.claim(send, again);
        }
        expect(unknown(await log.claim(send, once)).began.getTime()).toBe(began.at(-1));
      });

      it('a rejected attempt leaves the one before it in force', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, once)).sent('message-1');
        clock.pass(minutes);
        await free(await log.claim(send, again)).rejected();
        expect(await log.claim(send, once)).toEqual(sentAt(began));
      });

      it('each attempt keeps its own message', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        await free(await log.claim(send, again)).sent('message-2');
        const third = free(await log.claim(send, again));
        expect(await third.found(['message-1'])).toBeUndefined();
        expect(await third.found(['message-2'])).toBeUndefined();
        expect(await third.found(['message-3'])).toBe('message-3');
      });
    });

    it('tells what became of each attempt, whatever became of the others, and however long ago', async () => {
      const attempts = [free(await log.claim(send, once))];
      for (let n = 0; n < 3; n += 1) attempts.push(free(await log.claim(send, again)));
      const [sent, rejected, unknown, running] = attempts as [
        OpenAttempt,
        OpenAttempt,
        OpenAttempt,
        OpenAttempt,
      ];
      await sent.sent('message-1');
      await rejected.rejected();
      await unknown.unknown();
      clock.pass(60 * minutes);
      for (const one of [log, openLog()]) {
        const fates = await Promise.all(attempts.map(({ identity }) => one.fateOf(send, identity)));
        expect(fates).toEqual([
          { state: 'sent', id: 'message-1' },
          { state: 'rejected' },
          { state: 'open', attempt: expect.objectContaining({ identity: unknown.identity }) },
          { state: 'open', attempt: expect.objectContaining({ identity: running.identity }) },
        ]);
        expect(await one.fateOf(send, 'another')).toBeUndefined();
        expect(await one.fateOf(withText('Other words.'), sent.identity)).toBeUndefined();
      }
    });

    describe('other effects', () => {
      const effects = { custom_data: { plan: 'pro' }, contact: { email: 'a@example.com' } };
      const withEffects = { ...send, effects };

      it.each<[string, object, string[]]>([
        ['more', { ...effects, agent: { id: 1 } }, ['agent']],
        ['fewer', {}, ['contact', 'custom_data']],
        ['another value', { ...effects, custom_data: { plan: 'free' } }, ['custom_data']],
        ['no difference', { ...effects, agent: undefined }, []],
      ])('are named: %s', async (_, others, otherEffects) => {
        const attempt = free(await log.claim(withEffects, once));
        const other = { ...send, effects: others as IdempotencyKey['effects'] };
        for (const one of [log, openLog()]) {
          expect(await one.find(other)).toMatchObject({ state: 'unknown', otherEffects });
        }
        await attempt.sent('message-1');
        for (const one of [log, openLog()]) {
          expect(await one.claim(other, once)).toMatchObject({ state: 'sent', otherEffects });
        }
      });

      it('do not hide an attempt with the same effects behind a later one', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        await free(await log.claim(withEffects, again)).sent('message-2');
        expect(await log.find(send)).toMatchObject({ id: 'message-1', otherEffects: [] });
        expect(await log.find(withEffects)).toMatchObject({ id: 'message-2', otherEffects: [] });
      });
    });

    describe('a message that is not there', () => {
      it.each([
        ['the same log', () => log],
        ['another log', () => openLog()],
      ])('may be sent again when %s says so', async (_, other) => {
        await free(await log.claim(send, once)).unknown();
        expect(await unknown(await other().claim(send, once)).absent()).toBe(true);
        for (const one of [log, openLog()]) expect(await one.find(send)).toBeUndefined();
        expect(await claimState()).toBe('free');
      });

      it('stays sent if another process found it meanwhile', async () => {
        await free(await log.claim(send, once)).unknown();
        const [one, other] = [
          unknown(await log.claim(send, once)),
          unknown(await openLog().claim(send, once)),
        ];
        await other.found(['message-1']);
        expect(await one.absent()).toBe(false);
        expect(await claimState()).toBe('sent');
      });
    });

    describe('an attempt of a slow process', () => {
      /** Its time is over, so another process takes it for one that crashed. */
      const slow = async () => {
        const theirs = free(await log.claim(send, { ...once, longestMs: minutes }));
        clock.pass(minutes);
        return { theirs, seen: unknown(await openLog().claim(send, once)) };
      };
      const stateFromOutside = () => claimState(send, openLog());

      it('keeps the message that another process found for it, although it is rejected then', async () => {
        const { theirs, seen } = await slow();
        expect(await seen.found(['message-1'])).toBe('message-1');
        await theirs.rejected();
        for (const one of [log, openLog()]) {
          expect(await one.find(send)).toMatchObject({ state: 'sent', id: 'message-1' });
        }
      });

      it('gets no message after it was rejected, also if that is not recorded yet', async () => {
        const { theirs, seen } = await slow();
        await theirs.rejected();
        expect(await seen.found(['message-1'])).toBeUndefined();
        const third = free(await openLog().claim(send, again));
        await third.unknown();
        expect(await third.found(['message-1'])).toBe('message-1');
      });

      it('may reject it as long as another process looked for nothing', async () => {
        const { theirs, seen } = await slow();
        expect(await seen.found([])).toBeUndefined();
        await theirs.rejected();
        expect(await stateFromOutside()).toBe('free');
      });

      it('decides for itself, not for another message', async () => {
        await free(await log.claim(withText('Other'), once)).rejected();
        const { seen } = await slow();
        expect(await seen.found(['message-1'])).toBe('message-1');
      });

      it('that another process settled as absent stays rejected', async () => {
        const { theirs, seen } = await slow();
        expect(await seen.absent()).toBe(true);
        await theirs.rejected();
        expect(await stateFromOutside()).toBe('free');
      });

      it('has its message found again if its process calls it unknown afterwards', async () => {
        const { theirs, seen } = await slow();
        expect(await seen.found(['message-1'])).toBe('message-1');
        await theirs.unknown();
        expect(await unknown(await openLog().claim(send, once)).found(['message-1'])).toBe('message-1');
      });
    });

    describe('the quiet time of an attempt', () => {
      it('counts from the end of the request, whatever the wall clock says', async () => {
        const attempt = free(await log.claim(send, { ...once, longestMs: minutes }));
        clock.pass(2 * minutes);
        expect(attempt.quietMs()).toBe(0);
        await attempt.unknown();
        clock.set(60 * minutes);
        clock.pass(1000);
        expect(attempt.quietMs()).toBe(1000);
        expect(unknown(await log.claim(send, once)).quietMs()).toBe(1000);
      });

      it('of an unknown attempt of another process counts from when it is first seen', async () => {
        const attempt = free(await log.claim(send, once));
        clock.pass(minutes);
        await attempt.unknown();
        const other = openLog();
        clock.pass(60 * minutes);
        await other.find(send);
        clock.pass(15 * minutes);
        expect(unknown(await other.claim(send, once)).quietMs()).toBe(15 * minutes);
      });

      it('of an intent of another process counts from when its request must be over', async () => {
        await log.claim(send, { ...once, longestMs: minutes });
        const attempt = unknown(await openLog().claim(send, once));
        clock.pass(minutes);
        expect(attempt.quietMs()).toBe(0);
        clock.pass(1000);
        expect(attempt.quietMs()).toBe(1000);
      });
    });

    it('what an attempt knew is kept', async () => {
      const attempt = free(await log.claim(send, { ...once, seenUpTo: 5 }));
      await attempt.unknown(7);
      for (const one of [log, openLog()]) {
        expect(unknown(await one.claim(send, once))).toMatchObject({ serverBegan: 7, seenUpTo: 5 });
      }
      await attempt.unknown();
      expect(unknown(await log.claim(send, once)).serverBegan).toBe(7);
    });

    it('a request is under way until its outcome is recorded or its time is over', async () => {
      const attempt = free(await log.claim(send, { ...once, longestMs: minutes }));
      const other = openLog();
      const underWay = async (from: SendLog) => {
        const claim = await from.claim(send, once);
        return claim.state === 'unknown' && claim.underWay;
      };
      expect([await underWay(log), await underWay(other)]).toEqual([true, true]);
      clock.pass(minutes);
      expect([await underWay(log), await underWay(other)]).toEqual([true, false]);
      await attempt.unknown();
      expect([await underWay(log), await underWay(other)]).toEqual([false, false]);
      // Also if the clock was set back meanwhile.
      clock.set(-60 * minutes);
      expect([await underWay(log), await underWay(other)]).toEqual([false, false]);
    });

    describe('when records are removed behind its back', () => {
      it.each<[string, (attempt: OpenAttempt) => Promise<void>]>([
        ['was sent', (attempt) => attempt.sent('message-1')],
        ['has an unknown outcome', (attempt) => attempt.unknown()],
        ['is under way', async () => {}],
      ])('a message that %s is refused by its process, not forgotten', async (_, end) => {
        await end(free(await log.claim(send, once)));
        await place.forget();
        for (const call of [() => log.find(send), () => log.claim(send, once)]) {
          await expect(call()).rejects.toMatchObject({
            name: 'SendLogError',
            cause: { name: 'VanishedRecordError' },
          });
        }
        expect(await claimState(withText('Other'))).toBe('free');
      });

      it('a message whose outcome comes afterwards is not sent again', async () => {
        const attempt = free(await log.claim(send, once));
        await place.forget();
        await attempt.sent('message-1');
        // Whether the outcome can still be recorded depends on the place.
        const state = await claimState().catch(({ name }: Error) => name);
        expect(['sent', 'SendLogError']).toContain(state);
      });

      it('a message is refused by its process although another one began again and ended', async () => {
        const attempt = free(await log.claim(send, once));
        await place.forget();
        const theirs = free(await openLog().claim(send, once));
        await attempt.unknown();
        await theirs.rejected();
        await expect(log.find(send)).rejects.toThrow(SendLogError);
        await expect(log.claim(send, once)).rejects.toThrow(SendLogError);
      });

      it('an outcome does not replace the record of another process', async () => {
        const attempt = free(await log.claim(send, once));
        await place.forget();
        await openLog().claim(send, once);
        await attempt.rejected();
        expect(lost).toHaveBeenCalledOnce();
        expect(await claimState(send, openLog())).toBe('unknown');
      });

      it('a deliberate duplicate that was not sent changes nothing', async () => {
        await free(await log.claim(send, once)).unknown();
        await place.forget();
        await free(await log.claim(send, again)).rejected();
        await expect(log.find(send)).rejects.toThrow(SendLogError);
      });

      it('a deliberate duplicate that was not sent replaces nothing, also if the record is back', async () => {
        const attempt = free(await log.claim(send, once));
        await attempt.unknown();
        await place.forget();
        const duplicate = free(await log.claim(send, again));
        await place.forget();
        await duplicate.rejected();
        // Its message is found, which records it again; then that record is removed, too.
        await attempt.found(['message-1']);
        await place.forget();
        await expect(log.find(send)).rejects.toThrow(SendLogError);
      });

      it('a deliberate duplicate replaces neither a running attempt nor one that is recorded again', async () => {
        const running = free(await log.claim(send, once));
        const attempt = free(await log.claim(send, again));
        await attempt.unknown();
        await place.forget();
        const duplicate = free(await log.claim(send, again));
        await duplicate.sent('message-3');
        await running.unknown();
        await attempt.unknown();
        await log.find(send).catch(() => {});
        clock.pass(10 * minutes);
        await place.forget();
        await expect(log.find(send)).rejects.toThrow(SendLogError);
      });

      it('what another process began afterwards is quiet only from then on', async () => {
        await free(await log.claim(send, once)).rejected();
        await place.forget();
        clock.pass(minutes);
        await free(await openLog().claim(send, once)).unknown();
        expect(unknown(await log.claim(send, once)).quietMs()).toBe(0);
      });

      it('what another process settled meanwhile counts', async () => {
        const settle = async (words: string, end: (seen: OpenAttempt) => Promise<unknown>) => {
          await free(await log.claim(withText(words), once)).unknown();
          await end(unknown(await openLog().claim(withText(words), once)));
          await log.find(withText(words));
        };
        await settle('found', (seen) => seen.found(['message-1']));
        await settle('absent', (seen) => seen.absent());
        await place.forget();
        await expect(log.find(withText('found'))).rejects.toThrow(SendLogError);
        expect(await claimState(withText('absent'))).toBe('free');
        clock.pass(10 * minutes);
        expect(await claimState(withText('found'))).toBe('free');
      });

      it('a running attempt is not replaced by a deliberate duplicate', async () => {
        await log.claim(send, once);
        await place.forget();
        await free(await log.claim(send, again)).sent('message-2');
        await expect(log.find(send)).rejects.toThrow(SendLogError);
      });

      it('an unknown attempt is not settled as absent', async () => {
        const attempt = free(await log.claim(send, once));
        await attempt.unknown();
        await place.forget();
        expect(await attempt.absent()).toBe(false);
        await expect(log.find(send)).rejects.toThrow(SendLogError);
      });

      it('a new session is refused for ten seconds', async () => {
        clock.pass(6000);
        await free(await log.claim(creation, once)).sent('session-9');
        await place.forget();
        clock.pass(9999);
        await expect(log.claim(creation, once)).rejects.toThrow(SendLogError);
        clock.pass(1);
        expect(await claimState(creation)).toBe('free');
      });

      it('a message that was rejected may be sent', async () => {
        await free(await log.claim(send, once)).rejected();
        await place.forget();
        expect(await claimState()).toBe('free');
      });

      it('a message that was sent may be sent again after ten minutes, and an unknown one never', async () => {
        await free(await log.claim(send, once)).sent('message-1');
        await free(await log.claim(withText('Other'), once)).unknown();
        await place.forget();
        clock.pass(10 * minutes);
        expect(await claimState()).toBe('free');
        await expect(log.find(withText('Other'))).rejects.toThrow(SendLogError);
      });

      it('a deliberate duplicate is sent, and is what counts from then on', async () => {
        await free(await log.claim(send, once)).unknown();
        await place.forget();
        await free(await log.claim(send, again)).sent('message-2');
        expect(await log.find(send)).toMatchObject({ state: 'sent', id: 'message-2' });
      });
    });

    describe('a new session', () => {
      it('is the same session for ten seconds', async () => {
        await free(await log.claim(creation, once)).sent('session-9');
        clock.pass(9999);
        for (const one of [log, openLog()]) {
          expect(await one.claim(creation, once)).toMatchObject({ state: 'sent', id: 'session-9' });
        }
        clock.pass(1);
        expect(await claimState(creation)).toBe('free');
      });

      it('of unknown outcome stays so until a deliberate duplicate was created', async () => {
        await free(await log.claim(creation, once)).unknown();
        clock.pass(60 * minutes);
        expect(await claimState(creation)).toBe('unknown');
        await free(await log.claim(creation, again)).rejected();
        expect(await claimState(creation)).toBe('unknown');
        await free(await log.claim(creation, again)).sent('session-9');
        expect(await claimState(creation)).toBe('sent');
        clock.pass(10_000);
        expect(await claimState(creation)).toBe('free');
      });

      it('is no message with the same values', async () => {
        await free(await log.claim(creation, once)).sent('session-9');
        expect(await claimState({ ...creation, kind: 'message' })).toBe('free');
      });
    });

    it('one of many claims at once in two logs may send', async () => {
      const logs = [log, openLog()];
      const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => pick(logs, n).claim(send, once)));
      const states = claims.map(({ state }) => state).sort();
      expect(states).toEqual(['free', ...Array(19).fill('unknown')]);
    });

    describe('when the place cannot be used', () => {
      it('claims and find are refused with the reason, until it can be used again', async () => {
        await place.breakDown();
        for (const broken of [log, openLog()]) {
          await expect(broken.find(send)).rejects.toThrow(SendLogError);
          await expect(broken.claim(send, once)).rejects.toThrow(SendLogError);
          await expect(broken.claim(send, again)).rejects.toThrow(
            /^the record of sent messages in .+ cannot be kept \(.+\)$/,
          );
        }
        await place.repair();
        expect(await claimState()).toBe('free');
      });

      it.each<[string, (attempt: OpenAttempt) => Promise<void>]>([
        ['sent', (attempt) => attempt.sent('message-1')],
        ['unknown', (attempt) => attempt.unknown()],
        ['rejected', (attempt) => attempt.rejected()],
      ])('the outcome "%s" is reported as lost, and the attempt stays unknown', async (_, end) => {
        const attempt = free(await log.claim(send, once));
        await place.breakDown();
        await end(attempt);
        expect(lost).toHaveBeenCalledWith(expect.any(Error));
        await place.repair();
        expect(await claimState()).toBe('unknown');
      });

      it('what cannot be determined is not settled', async () => {
        const attempt = free(await log.claim(send, once));
        await attempt.unknown();
        await place.breakDown();
        expect(await attempt.absent()).toBe(false);
        expect(await attempt.unclaimed(['message-1', 'message-2'])).toEqual(['message-1', 'message-2']);
        expect(lost).toHaveBeenCalled();
        await place.repair();
        expect(await claimState()).toBe('unknown');
      });

      it('a rejected attempt gets no message, although its rejection could not be recorded', async () => {
        const attempt = free(await log.claim(send, once));
        await place.breakDown();
        await attempt.rejected();
        await place.repair();
        expect(await unknown(await log.claim(send, once)).found(['message-1'])).toBeUndefined();
        expect(await attempt.found(['message-1'])).toBeUndefined();
      });

      it('no message is found, and the attempt stays unknown', async () => {
        const attempt = free(await log.claim(send, once));
        await place.breakDown();
        expect(await attempt.found(['message-1'])).toBeUndefined();
        expect(lost).toHaveBeenCalledWith(expect.any(Error));
        await place.repair();
        expect(await claimState()).toBe('unknown');
      });
    });

    it('nothing is reported as lost as long as outcomes can be recorded', async () => {
      const attempt = free(await log.claim(send, once));
      await attempt.unknown();
      await attempt.found(['message-1']);
      await attempt.sent('message-1');
      await free(await log.claim(send, again)).rejected();
      expect(lost).not.toHaveBeenCalled();
    });

    describeSingleFlight(() => log, send);
  });
}

export function free(claim: Claim): OpenAttempt {
  if (claim.state !== 'free') throw new Error(`the claim is ${claim.state}`);
  return claim.attempt;
}

export function unknown(claim: Claim): OpenAttempt {
  if (claim.state !== 'unknown') throw new Error(`the claim is ${claim.state}`);
  return claim.attempt;
}

function pick(logs: readonly SendLog[], n: number): SendLog {
  return logs[n % logs.length] as SendLog;
}

const sentAt = (left: Date, id = 'message-1', elapsedMs = minutes) => ({
  state: 'sent',
  left,
  elapsedMs,
  id,
  otherEffects: [],
});
