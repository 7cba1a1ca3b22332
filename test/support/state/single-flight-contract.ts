import { describe, expect, it, vi } from 'vitest';
import type { IdempotencyKey, SendLog } from '../../../src/state/send-log.ts';

/**
 * What the send log promises for equal sends at the same time in one process.
 * @param log the log of the test that runs.
 */
export function describeSingleFlight(log: () => SendLog, send: IdempotencyKey): void {
  describe('a single flight', () => {
    const signal = new AbortController().signal;

    it('returns the outcome of the work', async () => {
      expect(await log().singleFlight(send, signal, async () => 'outcome')).toBe('outcome');
    });

    it('gives the same send the outcome of the first', async () => {
      const first = controlled<string>();
      const work = vi.fn(async () => 'second');
      const outcomes = [log().singleFlight(send, signal, first.work), log().singleFlight(send, signal, work)];
      first.resolve('first');
      expect(await Promise.all(outcomes)).toEqual(['first', 'first']);
      expect(work).not.toHaveBeenCalled();
    });

    it('gives the same send the error of the first', async () => {
      const first = controlled<string>();
      const work = vi.fn(async () => 'second');
      const outcomes = [log().singleFlight(send, signal, first.work), log().singleFlight(send, signal, work)];
      const error = new Error('no');
      first.reject(error);
      expect(await Promise.allSettled(outcomes)).toEqual([
        { status: 'rejected', reason: error },
        { status: 'rejected', reason: error },
      ]);
      expect(work).not.toHaveBeenCalled();
    });

    it('tells the caller that waits for the first, and no other', async () => {
      const first = controlled<string>();
      const joins: string[] = [];
      const outcomes = ['first', 'second'].map((caller) =>
        log().singleFlight(send, signal, first.work, () => joins.push(caller)),
      );
      first.resolve('outcome');
      await Promise.all(outcomes);
      expect(joins).toEqual(['second']);
    });

    it('does not hold up another message', async () => {
      const first = controlled<string>();
      const outcome = log().singleFlight(send, signal, first.work);
      const other = { ...send, content: ['Another text'] };
      expect(await log().singleFlight(other, signal, async () => 'other')).toBe('other');
      first.resolve('first');
      expect(await outcome).toBe('first');
    });

    it('does not hold up the same words with other effects', async () => {
      const first = controlled<string>();
      const outcome = log().singleFlight(send, signal, first.work);
      const other = { ...send, effects: { custom_data: 1 } };
      expect(await log().singleFlight(other, signal, async () => 'other')).toBe('other');
      first.resolve('first');
      expect(await outcome).toBe('first');
    });

    it.each(['success', 'error'])('runs the next work after the first ended with an %s', async (end) => {
      const ended = log().singleFlight(send, signal, async () => {
        if (end === 'error') throw new Error('no');
      });
      await Promise.allSettled([ended]);
      expect(await log().singleFlight(send, signal, async () => 'next')).toBe('next');
    });

    it('runs the work of the others once when the first was cancelled', async () => {
      const first = controlled<string>();
      const cancelled = new AbortController();
      const outcome = log().singleFlight(send, cancelled.signal, first.work);
      const work = vi.fn(async () => 'second');
      const others = [log().singleFlight(send, signal, work), log().singleFlight(send, signal, work)];
      cancelled.abort();
      first.reject(new Error('cancelled'));
      await expect(outcome).rejects.toThrow('cancelled');
      expect(await Promise.all(others)).toEqual(['second', 'second']);
      expect(work).toHaveBeenCalledOnce();
    });

    it('does not run work whose own caller cancelled too', async () => {
      const first = controlled<string>();
      const cancelled = new AbortController();
      const outcome = log().singleFlight(send, cancelled.signal, first.work);
      const work = vi.fn(async () => 'second');
      const second = log().singleFlight(send, cancelled.signal, work);
      cancelled.abort();
      first.reject(new Error('cancelled'));
      await expect(outcome).rejects.toThrow('cancelled');
      await expect(second).rejects.toThrow('cancelled');
      expect(work).not.toHaveBeenCalled();
    });

    it('keeps the outcome of a first call that was cancelled too late', async () => {
      const first = controlled<string>();
      const cancelled = new AbortController();
      const work = vi.fn(async () => 'second');
      const outcomes = [
        log().singleFlight(send, cancelled.signal, first.work),
        log().singleFlight(send, signal, work),
      ];
      cancelled.abort();
      first.resolve('first');
      expect(await Promise.all(outcomes)).toEqual(['first', 'first']);
      expect(work).not.toHaveBeenCalled();
    });

    it('records nothing by itself', async () => {
      await log().singleFlight(send, signal, async () => 'outcome');
      expect(await log().find(send)).toBeUndefined();
    });
  });
}

/** Work that ends when the test says so. */
function controlled<T>() {
  let resolve: (outcome: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { work: () => promise, resolve, reject };
}
