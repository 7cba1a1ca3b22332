import { expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { UpstreamError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { readLastSpeakers } from '../../../src/conversations/reading/last-speaker.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, message, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const said = (n: number, from: string | undefined, type = 'message'): HistoryItem => ({
  ...message(`m${n}`, n * 1000),
  event: {
    type,
    ...(from !== undefined && { sender: { type: from } }),
    content: { type: 'text', text: 'x' },
  },
});

/** Who spoke last in a history, oldest first, after which there may be an error. */
async function lastOf(items: HistoryItem[], error?: Error) {
  const clock = settableClock();
  const limits: unknown[] = [];
  const client: Partial<SessionsClient> = {
    async *historyPages(_, options) {
      limits.push(options?.deadline?.remainingMs, options?.maxWaitMs);
      yield { items, next: error ? 'p1' : null, cursor: undefined };
      if (error) throw error;
    },
  };
  const call = { signal: new AbortController().signal, deadline: Deadline.after(10_000, clock) };
  const [last] = await readLastSpeakers([session('s1')], contextOf(client, { clock, call }));
  return { last, limits };
}

it('the last speaker is looked for in part of the time of the call, and with little waiting', async () => {
  const [first, second, third] = [said(1, 'contact'), said(2, 'ai'), said(3, 'system')];
  const { last, limits } = await lastOf([first, second, third]);
  expect(last).toEqual({ item: second, earlier: [first] });
  expect(limits).toEqual([7000, 3000]);
});

it('the last speaker is found behind events, and may have no name for itself', async () => {
  const events = Array.from({ length: 12 }, (_, n) => said(n + 2, 'system', 'tag_added'));
  const unnamed = said(1, undefined);
  expect((await lastOf([unnamed, ...events])).last).toEqual({ item: unnamed, earlier: [] });
});

it('the last speaker is known although there are older messages', async () => {
  const many = Array.from({ length: 12 }, (_, n) => said(n, 'contact'));
  const { last } = await lastOf(many);
  expect(last).toEqual({ item: many.at(-1), earlier: many.slice(0, -1) });
});

it('nobody has spoken yet if only the system has', async () => {
  expect((await lastOf([said(1, 'system')])).last).toEqual({ item: undefined, earlier: [] });
});

it('the last speaker is not known if a history breaks off before its end', async () => {
  const gone = new UpstreamError('Gone.', { mayHaveArrived: false });
  expect((await lastOf([said(1, 'ai'), said(2, 'contact')], gone)).last).toEqual({
    unknown: 'its history could not be read',
  });
  const newestFirst = await lastOf([said(2, 'contact'), said(1, 'ai')], gone);
  expect(newestFirst.last).toMatchObject({ item: { id: 'm2' } });
});

it('there is one answer for each session', async () => {
  expect(await readLastSpeakers([], contextOf({}))).toEqual([]);
});
