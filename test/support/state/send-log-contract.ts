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
  /** Removes it. */
  close(): void | Promise<void>;
}

const send: IdempotencyKey = { sessionId: 'session-1', sender: 'agent', text: 'The refund is on its way.' };
const minutes = 60_000;

/** What every implementation of the send log promises. */
export function describeSendLog(name: string, createPlace: () => SendLogPlace | Promise<SendLogPlace>): void {
  describe(name, () => {
    let place: SendLogPlace;
    let clock: SettableClock;
    let log: SendLog;
    const lost = vi.fn<(error: Error) => void>();
    const openLog = (account = 'account') => place.open({ account, clock, onLost: lost });
    const claimState = async (key = send, from = log) => (await from.claim(key, false)).state;

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
        expect(await log.isNew(send)).toBe(true);
        expect(free(await log.claim(send, false)).began).toEqual(began);
      });

      it('is still new after isNew', async () => {
        await log.isNew(send);
        expect(await log.isNew(send)).toBe(true);
        expect(await claimState()).toBe('free');
      });
    });

    describe.each([
      ['the same log', () => log],
      ['a log that was opened again', () => openLog()],
    ])('in %s', (_, other) => {
      it('an attempt without an outcome counts as unknown', async () => {
        const began = new Date(clock.now());
        await log.claim(send, false);
        clock.pass(minutes);
        expect(await other().isNew(send)).toBe(false);
        expect(unknown(await other().claim(send, false)).began).toEqual(began);
      });

      it('an attempt with an unknown outcome is unknown', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, false)).unknown();
        clock.pass(minutes);
        expect(await other().isNew(send)).toBe(false);
        expect(unknown(await other().claim(send, false)).began).toEqual(began);
      });

      it('a message that was sent is reported as sent, with the time of the attempt', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, false)).sent('message-1');
        clock.pass(minutes);
        expect(await other().isNew(send)).toBe(false);
        expect(await other().claim(send, false)).toEqual({ state: 'sent', began });
      });

      it('a message that was sent without a message id is reported as sent', async () => {
        await free(await log.claim(send, false)).sent(undefined);
        expect(await claimState(send, other())).toBe('sent');
      });

      it('a message that was rejected may be sent again', async () => {
        await free(await log.claim(send, false)).rejected();
        expect(await other().isNew(send)).toBe(true);
        expect(await claimState(send, other())).toBe('free');
      });

      it('an unknown attempt counts as sent once its message is found', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, false)).unknown();
        clock.pass(minutes);
        expect(await unknown(await other().claim(send, false)).found('message-1')).toBe(true);
        expect(await log.claim(send, false)).toEqual({ state: 'sent', began });
      });
    });

    it('an outcome may still be recorded after the attempt was called unknown', async () => {
      const attempt = free(await log.claim(send, false));
      await attempt.unknown();
      await attempt.sent('message-1');
      expect(await claimState()).toBe('sent');
    });

    describe('a message of the API', () => {
      it('belongs to the attempt that sent it', async () => {
        const [one, other] = [free(await log.claim(send, true)), free(await log.claim(send, true))];
        await one.sent('message-1');
        expect(await other.found('message-1')).toBe(false);
        expect(await one.found('message-1')).toBe(true);
      });

      it('belongs to the first attempt that finds it, however often that attempt asks', async () => {
        const [one, other] = [free(await log.claim(send, true)), free(await log.claim(send, true))];
        expect(await other.found('message-2')).toBe(true);
        expect(await other.found('message-2')).toBe(true);
        expect(await one.found('message-2')).toBe(false);
      });

      it('belongs to one of two attempts that find it at once in two logs', async () => {
        const attempts = [free(await log.claim(send, true)), free(await openLog().claim(send, true))];
        const owners = await Promise.all(attempts.map((attempt) => attempt.found('message-1')));
        expect(owners.sort()).toEqual([false, true]);
      });

      it('does not settle an attempt that it does not belong to', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        await free(await log.claim(send, true)).unknown();
        expect(await unknown(await log.claim(send, false)).found('message-1')).toBe(false);
        expect(await claimState()).toBe('unknown');
      });

      it('of an attempt with another text does not settle this one', async () => {
        await free(await log.claim({ ...send, text: 'Another text' }, false)).sent('message-1');
        expect(await free(await log.claim(send, false)).found('message-1')).toBe(false);
      });

      it('is another message in another session or account', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        const session = free(await log.claim({ ...send, sessionId: 'session-2' }, false));
        expect(await session.found('message-1')).toBe(true);
        const account = free(await openLog('other account').claim(send, false));
        expect(await account.found('message-1')).toBe(true);
      });
    });

    describe('a message is another message', () => {
      it.each<[string, IdempotencyKey]>([
        ['in another session', { ...send, sessionId: 'session-2' }],
        ['from another sender', { ...send, sender: 'contact' }],
        ['with another text', { ...send, text: `${send.text}!` }],
        ['with attachments', { ...send, attachments: [{ url: 'https://example.com/a' }] }],
      ])('%s', async (_, other) => {
        await free(await log.claim(send, false)).sent('message-1');
        expect(await log.isNew(other)).toBe(true);
        expect(await claimState(other)).toBe('free');
        expect(await claimState()).toBe('sent');
      });

      it('with other attachments', async () => {
        const withFile = (name: string) => ({
          ...send,
          attachments: [{ url: `https://example.com/${name}` }],
        });
        await free(await log.claim(withFile('a'), false)).sent('message-1');
        expect(await claimState(withFile('b'))).toBe('free');
        expect(await claimState(withFile('a'))).toBe('sent');
      });

      it('in another account', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        const other = openLog('other account');
        expect(await other.isNew(send)).toBe(true);
        expect(await claimState(send, other)).toBe('free');
      });

      it('if its values are the same only when they are joined', async () => {
        await free(await log.claim({ ...send, sender: 'a', text: 'bc' }, false)).sent('message-1');
        expect(await claimState({ ...send, sender: 'ab', text: 'c' })).toBe('free');
      });
    });

    it('a message with an empty list of attachments is the message without attachments', async () => {
      await free(await log.claim(send, false)).sent('message-1');
      expect(await claimState({ ...send, attachments: [] })).toBe('sent');
    });

    describe('the duplicate window', () => {
      const windowMs = 10 * minutes;
      const outcomes: [string, string, (attempt: OpenAttempt) => Promise<void>][] = [
        ['that was sent', 'sent', (attempt) => attempt.sent('message-1')],
        ['whose outcome is unknown', 'unknown', (attempt) => attempt.unknown()],
        ['without an outcome', 'unknown', async () => {}],
      ];

      it.each(outcomes)('of a message %s ends after ten minutes', async (_, state, end) => {
        await end(free(await log.claim(send, false)));
        clock.pass(windowMs - 1);
        expect(await log.isNew(send)).toBe(false);
        expect(await claimState()).toBe(state);
        clock.pass(1);
        expect(await log.isNew(send)).toBe(true);
        expect(await claimState()).toBe('free');
      });

      it('counts from the attempt and not from its outcome', async () => {
        const attempt = free(await log.claim(send, false));
        clock.pass(windowMs - 1);
        await attempt.sent('message-1');
        clock.pass(1);
        expect(await claimState()).toBe('free');
      });

      it.each([
        ['an hour', 60 * minutes],
        ['a month', 30 * 24 * 60 * minutes],
      ])('stays closed when the clock is set back by %s', async (_, ms) => {
        await free(await log.claim(send, false)).sent('message-1');
        clock.set(-ms);
        expect(await claimState()).toBe('sent');
        expect(await claimState(send, openLog())).toBe('sent');
      });

      it('is closed again when the clock was set forward for a time', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        clock.set(60 * minutes);
        expect(await openLog().isNew(send)).toBe(true);
        clock.set(-60 * minutes);
        expect(await claimState(send, openLog())).toBe('sent');
      });

      it('shows a recent attempt behind one that a wrong clock dated an hour ago', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        clock.set(-60 * minutes);
        await free(await log.claim(send, true)).unknown();
        clock.set(61 * minutes);
        expect(await claimState()).toBe('sent');
      });
    });

    describe('with allow_duplicate', () => {
      it.each<[string, (attempt: OpenAttempt) => Promise<void>]>([
        ['was sent', (attempt) => attempt.sent('message-1')],
        ['has an unknown outcome', (attempt) => attempt.unknown()],
        ['is under way', async () => {}],
      ])('a message that %s may be sent again', async (_, end) => {
        await end(free(await log.claim(send, false)));
        clock.pass(minutes);
        const began = new Date(clock.now());
        expect(free(await openLog().claim(send, true)).began).toEqual(began);
      });

      it('all of many claims at once may be sent', async () => {
        const logs = [log, openLog()];
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, n) => pick(logs, n).claim(send, true)),
        );
        expect(claims.map(({ state }) => state)).toEqual(Array(10).fill('free'));
      });

      it('the latest of many attempts decides', async () => {
        const began: number[] = [];
        for (let n = 1; n <= 12; n += 1) {
          clock.pass(1000);
          began.push(clock.now());
          await log.claim(send, true);
        }
        expect(unknown(await log.claim(send, false)).began.getTime()).toBe(began.at(-1));
      });

      it('a rejected attempt leaves the one before it in force', async () => {
        const began = new Date(clock.now());
        await free(await log.claim(send, false)).sent('message-1');
        clock.pass(minutes);
        await free(await log.claim(send, true)).rejected();
        expect(await log.claim(send, false)).toEqual({ state: 'sent', began });
      });

      it('each attempt keeps its own message', async () => {
        await free(await log.claim(send, false)).sent('message-1');
        await free(await log.claim(send, true)).sent('message-2');
        const third = free(await log.claim(send, true));
        expect(await third.found('message-1')).toBe(false);
        expect(await third.found('message-2')).toBe(false);
        expect(await third.found('message-3')).toBe(true);
      });
    });

    it('one of many claims at once in two logs may send', async () => {
      const logs = [log, openLog()];
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, n) => pick(logs, n).claim(send, false)),
      );
      const states = claims.map(({ state }) => state).sort();
      expect(states).toEqual(['free', ...Array(19).fill('unknown')]);
    });

    describe('when the place cannot be used', () => {
      it('claims and isNew are refused with the reason, until it can be used again', async () => {
        await place.breakDown();
        for (const broken of [log, openLog()]) {
          await expect(broken.isNew(send)).rejects.toThrow(SendLogError);
          await expect(broken.claim(send, false)).rejects.toThrow(SendLogError);
          await expect(broken.claim(send, true)).rejects.toThrow(
            /^the record of sent messages in .+ cannot be kept \(.+\)$/,
          );
        }
        await place.repair();
        expect(await claimState()).toBe('free');
      });

      it.each<[string, (attempt: OpenAttempt) => Promise<void>]>([
        ['sent', (attempt) => attempt.sent('message-1')],
        ['sent without a message id', (attempt) => attempt.sent(undefined)],
        ['unknown', (attempt) => attempt.unknown()],
        ['rejected', (attempt) => attempt.rejected()],
      ])('the outcome "%s" is reported as lost, and the attempt stays unknown', async (_, end) => {
        const attempt = free(await log.claim(send, false));
        await place.breakDown();
        await end(attempt);
        expect(lost).toHaveBeenCalledWith(expect.any(Error));
        await place.repair();
        expect(await claimState()).toBe('unknown');
      });

      it('no message is found, and the attempt stays unknown', async () => {
        const attempt = free(await log.claim(send, false));
        await place.breakDown();
        expect(await attempt.found('message-1')).toBe(false);
        expect(lost).toHaveBeenCalledWith(expect.any(Error));
        await place.repair();
        expect(await claimState()).toBe('unknown');
      });
    });

    it('nothing is reported as lost as long as outcomes can be recorded', async () => {
      const attempt = free(await log.claim(send, false));
      await attempt.unknown();
      await attempt.found('message-1');
      await attempt.sent('message-1');
      await free(await log.claim(send, true)).rejected();
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
