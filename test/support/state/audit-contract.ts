import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Audit } from '../../../src/state/audit.ts';
import { AuditError } from '../../../src/state/errors.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';

/** A record as it is stored. */
export interface StoredRecord {
  readonly at: string;
  readonly tool: string;
  readonly session?: string;
  readonly text_salt?: string;
  readonly text_sha256?: string;
  readonly outcome: string;
}

/** A place for an audit log, empty at first. */
export interface AuditPlace {
  /** Opens the log as another process would. */
  open(clock: Clock): Promise<Audit>;
  /** Everything that is stored, in order. */
  records(): readonly StoredRecord[] | Promise<readonly StoredRecord[]>;
  /** Makes the place unusable, also for logs that are open. */
  breakDown(): void | Promise<void>;
  /** Makes it usable again. What was stored before is still there. */
  repair(): void | Promise<void>;
  /** Removes it. */
  close(): void | Promise<void>;
}

const record = { tool: 'send_message', session: 'session-1', text: 'On its way.', outcome: 'sent' };

/** What every implementation of the audit log promises. */
export function describeAudit(name: string, createPlace: () => AuditPlace | Promise<AuditPlace>): void {
  describe(name, () => {
    let place: AuditPlace;
    let clock: SettableClock;
    let audit: Audit;
    const outcomes = async () => (await place.records()).map(({ outcome }) => outcome);
    const write = (outcome: string, to = audit) => to.write({ ...record, outcome });

    beforeEach(async () => {
      place = await createPlace();
      clock = settableClock();
      audit = await place.open(clock);
    });
    afterEach(() => place.close());

    it('is empty before the first record', async () => {
      await audit.ready();
      expect(await place.records()).toEqual([]);
    });

    it('holds what was written, by which tool, where and when, and the text as a hash', async () => {
      await audit.write({ ...record, id: 'call-1' });
      const [{ text_salt = '' } = {}] = await place.records();
      expect(text_salt).toMatch(/^[0-9a-f]{32}$/);
      expect(await place.records()).toMatchObject([
        {
          id: 'call-1',
          at: new Date(clock.now()).toISOString(),
          tool: 'send_message',
          session: 'session-1',
          text_sha256: createHash('sha256').update(`${text_salt}On its way.`).digest('hex'),
          outcome: 'sent',
        },
      ]);
      expect(JSON.stringify(await place.records())).not.toContain('way');
    });

    it('holds a record without a session or a text', async () => {
      await audit.write({ tool: 'create_session', outcome: 'ok' });
      const [stored] = await place.records();
      expect(stored).toMatchObject({
        at: new Date(clock.now()).toISOString(),
        tool: 'create_session',
        outcome: 'ok',
      });
      for (const absent of ['session', 'text_salt', 'text_sha256']) expect(stored).not.toHaveProperty(absent);
    });

    it('tells an empty text from no text', async () => {
      await audit.write({ ...record, text: '' });
      const [stored] = await place.records();
      expect(stored?.text_sha256).toBe(
        createHash('sha256')
          .update(stored?.text_salt ?? '')
          .digest('hex'),
      );
    });

    it('dates each record when it is written', async () => {
      await write('first');
      const first = new Date(clock.now()).toISOString();
      clock.pass(1500);
      await write('second');
      const second = new Date(clock.now()).toISOString();
      expect((await place.records()).map(({ at }) => at)).toEqual([first, second]);
    });

    it('hashes equal texts to different values', async () => {
      await audit.write(record);
      await audit.write(record);
      expect(new Set((await place.records()).map(({ text_sha256 }) => text_sha256)).size).toBe(2);
    });

    it('bounds a long session id', async () => {
      await audit.write({ ...record, session: 's'.repeat(100_000) });
      const [stored] = await place.records();
      expect(stored?.session).toMatch(/^s{36,200}$/);
    });

    it('keeps text with line breaks in one record', async () => {
      await audit.write({ ...record, session: 'one\n{"tool":"forged"}\r\n' });
      await write('second');
      expect(await place.records()).toMatchObject([{ session: 'one\n{"tool":"forged"}\r\n' }, {}]);
    });

    it('holds a record when write returns', async () => {
      for (const outcome of ['first', 'second', 'third']) {
        await write(outcome);
        expect((await outcomes()).at(-1)).toBe(outcome);
      }
    });

    it('keeps the order of records that are written at once', async () => {
      const wanted = Array.from({ length: 20 }, (_, n) => `outcome-${n}`);
      await Promise.all(wanted.map((outcome) => write(outcome)));
      expect(await outcomes()).toEqual(wanted);
    });

    it('keeps the records of all processes', async () => {
      const other = await place.open(clock);
      await Promise.all([write('one'), write('other', other), write('one', audit), write('other', other)]);
      expect((await outcomes()).sort()).toEqual(['one', 'one', 'other', 'other']);
    });

    it('keeps the records of a process that ended', async () => {
      await write('first');
      await write('second', await place.open(clock));
      expect(await outcomes()).toEqual(['first', 'second']);
    });

    describe('that could not be written', () => {
      const breakAndWrite = async (...lost: string[]) => {
        await place.breakDown();
        for (const outcome of lost) await expect(write(outcome)).rejects.toThrow(AuditError);
      };

      it('says why', async () => {
        await place.breakDown();
        await expect(write('lost')).rejects.toThrow(/^the audit log cannot be written \(.+\)$/);
      });

      it('is not ready until it can be written again', async () => {
        await breakAndWrite('lost');
        await expect(audit.ready()).rejects.toThrow(AuditError);
        await expect(audit.ready()).rejects.toThrow(AuditError);
        await place.repair();
        await expect(audit.ready()).resolves.toBeUndefined();
      });

      it('is ready if no record is owed', async () => {
        await write('first');
        await place.breakDown();
        await expect(audit.ready()).resolves.toBeUndefined();
      });

      it('writes what it owes when it is ready', async () => {
        await write('first');
        await breakAndWrite('owed 1', 'owed 2');
        await place.repair();
        expect(await outcomes()).toEqual(['first']);
        await audit.ready();
        expect(await outcomes()).toEqual(['first', 'owed 1', 'owed 2']);
      });

      it('writes what it owes before a later record', async () => {
        await breakAndWrite('owed 1', 'owed 2', 'owed 3');
        await place.repair();
        await write('later');
        expect(await outcomes()).toEqual(['owed 1', 'owed 2', 'owed 3', 'later']);
      });

      it('writes what it owes once', async () => {
        await breakAndWrite('owed');
        await expect(audit.ready()).rejects.toThrow(AuditError);
        await place.repair();
        await audit.ready();
        await audit.ready();
        await write('later');
        expect(await outcomes()).toEqual(['owed', 'later']);
      });

      it('writes what it owes once although it is asked to at once', async () => {
        await breakAndWrite('owed');
        await place.repair();
        await Promise.all([audit.ready(), write('later'), audit.ready()]);
        expect(await outcomes()).toEqual(['owed', 'later']);
      });

      it('keeps the time of the record', async () => {
        const at = new Date(clock.now()).toISOString();
        await breakAndWrite('owed');
        await place.repair();
        clock.pass(60_000);
        await audit.ready();
        expect(await place.records()).toMatchObject([{ at, outcome: 'owed' }]);
      });

      it('keeps the order of records that failed at once', async () => {
        await place.breakDown();
        await Promise.allSettled(['owed 1', 'owed 2', 'owed 3'].map((outcome) => write(outcome)));
        await place.repair();
        await write('later');
        expect(await outcomes()).toEqual(['owed 1', 'owed 2', 'owed 3', 'later']);
      });

      it('works as before afterwards', async () => {
        await breakAndWrite('owed 1');
        await place.repair();
        await audit.ready();
        await write('later');
        await breakAndWrite('owed 2');
        await place.repair();
        await audit.ready();
        expect(await outcomes()).toEqual(['owed 1', 'later', 'owed 2']);
      });
    });
  });
}
