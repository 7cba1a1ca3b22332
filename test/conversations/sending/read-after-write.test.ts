import { describe, expect, it } from 'vitest';
import type { SendMessageBody } from '../../../src/client/client.ts';
import { UpstreamError } from '../../../src/client/errors.ts';
import { refuseUnshowable, warningOf } from '../../../src/conversations/sending/confirm-send.ts';
import { readAfterWrite } from '../../../src/conversations/sending/read-after-write.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

async function read(ms: number, error?: Error) {
  const clock = settableClock();
  const limits: unknown[] = [];
  const context = contextOf(
    {
      async getSession(id, options) {
        limits.push(options?.deadline?.remainingMs, options?.signal === context.call.signal);
        if (error) throw error;
        return session(id);
      },
    },
    { clock, call: { signal: new AbortController().signal, deadline: Deadline.after(ms, clock) } },
  );
  return { limits, after: await readAfterWrite('s1', context) };
}

describe('the session after a write', () => {
  it.each([
    [501, 1],
    [3499, 2999],
    [3500, 3000],
    [3501, 3000],
    [50_000, 3000],
  ])('of a call with %d ms is read within %d', async (ms, most) => {
    const { limits, after } = await read(ms);
    expect(limits).toEqual([most, true]);
    expect(after).toEqual(session('s1'));
  });

  it('is not read if the answer is due, and may fail', async () => {
    expect(await read(500)).toEqual({ limits: [], after: undefined });
    const gone = new UpstreamError('Gone.', { mayHaveArrived: false });
    expect((await read(50_000, gone)).after).toBeUndefined();
  });
});

it('a message may do as much as a person can be shown', () => {
  const body = (length: number): SendMessageBody => ({
    sender: 'agent',
    message: { type: 'text', text: 'x'.repeat(100_000) },
    custom_data: { note: 'x'.repeat(length) },
  });
  const { message, ...effects } = body(0);
  const most = 32_000 - JSON.stringify(effects).length;
  expect(() => refuseUnshowable(body(most), contextOf({}))).not.toThrow();
  expect(() => refuseUnshowable(body(most + 1), contextOf({}))).toThrow('(32001 characters; at most 32000)');
});

it.each([
  [undefined, undefined, undefined],
  [undefined, '2026-03-01T11:00:00Z', undefined],
  ['2026-03-01T11:00:00Z', undefined, 'not_read'],
  ['2026-03-01T11:00:00Z', '2026-03-01T11:00:00Z', undefined],
  ['2026-03-01T11:00:01Z', '2026-03-01T11:00:00Z', 'written_since'],
])('if the customer wrote at %s, and it was read up to %s, the warning is %s', (wrote, lastRead, warning) => {
  expect(warningOf(wrote, lastRead)).toBe(warning);
});
