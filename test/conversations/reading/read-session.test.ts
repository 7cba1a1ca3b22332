import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { NotFoundError } from '../../../src/client/errors.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { readSession } from '../../../src/conversations/reading/read-session.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, message, pagesOf, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const gone = new NotFoundError('Gone.');

function setUp({ error, fetched }: { error?: Error; fetched?: Session } = {}) {
  const clock = settableClock();
  const abortController = new AbortController();
  const asked: string[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const client: Partial<SessionsClient> = {
    async getSession(id, options) {
      asked.push(`session, ${options?.deadline?.remainingMs} ms`);
      signals.push(options?.signal);
      if (error) throw error;
      return session(id);
    },
    historyPages(_, options) {
      asked.push(`history, ${options?.deadline?.remainingMs} ms`);
      signals.push(options?.signal);
      const events = [1, 2, 3].map((n) => message(`e${n}`, n, 'handoff'));
      return pagesOf([message('m0', 0), ...events], 50).pages;
    },
  };
  const call = { signal: abortController.signal, deadline: Deadline.after(10_000, clock) };
  const context = contextOf(client, { clock, call, ...(fetched && { fetched }) });
  return { context, asked, signals, abortController };
}

describe('a session', () => {
  it('is read with its newest messages, in part of the time of the call', async () => {
    const { context, asked, signals, abortController } = setUp();
    const { session: read, window } = await readSession('s1', 2, context);
    expect(read.id).toBe('s1');
    expect(window?.items.map(({ id }) => id)).toEqual(['m0']);
    expect(window?.eventsLeftOut).toBe(3);
    expect(asked).toEqual(['session, 10000 ms', 'history, 7000 ms']);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, false]);
    expect(getEventListeners(abortController.signal, 'abort')).toEqual([]);
  });

  it('is read alone if no messages are wanted', async () => {
    const { context, asked } = setUp();
    expect(await readSession('s1', 0, context)).toEqual({ session: session('s1'), window: undefined });
    expect(asked).toEqual(['session, 10000 ms']);
  });

  it('is not read again if it was fetched for this call', async () => {
    const fetched = session('s1', { ticket_number: 7 });
    const one = setUp({ fetched });
    expect((await readSession('s1', 0, one.context)).session).toBe(fetched);
    expect((await readSession('s1', 2, one.context)).session).toBe(fetched);
    expect(one.asked).toEqual(['history, 7000 ms']);
    const other = setUp({ fetched });
    expect((await readSession('s2', 0, other.context)).session.id).toBe('s2');
    expect((await readSession('s2', 2, other.context)).session.id).toBe('s2');
  });

  it('that cannot be read ends the reading of its history', async () => {
    const { context, signals, abortController } = setUp({ error: gone });
    await expect(readSession('s1', 2, context)).rejects.toBe(gone);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(abortController.signal.aborted).toBe(false);
    expect(getEventListeners(abortController.signal, 'abort')).toEqual([]);
  });

  it('is given up with the call, for its reason', async () => {
    const { context, signals, abortController } = setUp();
    const reading = readSession('s1', 2, context);
    abortController.abort('enough');
    await reading;
    expect(signals.map((signal) => signal?.reason)).toEqual(['enough', 'enough']);
    const late = setUp();
    late.abortController.abort('before');
    await readSession('s1', 2, late.context);
    expect(late.signals.map((signal) => signal?.reason)).toEqual(['before', 'before']);
  });
});
