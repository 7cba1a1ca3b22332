import { describe, expect, it } from 'vitest';
import { ownDrafts, type Which } from '../../../src/conversations/outbox/own-drafts.ts';
import type { Draft, Outbox } from '../../../src/state/outbox/outbox.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import { contextOf } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const clock = settableClock();
const now = clock.now();

const draftOfAda = (number: number, more: Partial<Draft> = {}) =>
  aDraft({ number, author: { person: 'ada' }, created: now - 5000, expires: now + 1000, ...more });
const decided = (at: number, more: object = {}) => ({ id: 'd', by: 'sam', at, ...more });
const unknown = (number: number) =>
  draftOfAda(number, { state: 'unknown', decision: decided(now - 1, { attempt: `a${number}` }) });

/** Reads the drafts of Ada. `settled` has the attempts that were looked for. */
async function read(which: Which, drafts: readonly Draft[], more: Partial<Outbox> = {}) {
  const settled: string[] = [];
  const outbox = {
    list: async (id?: string) => drafts.filter(({ sessionId }) => id === undefined || sessionId === id),
    change: async (draft: Draft, change: object) => ({ ...draft, ...change }),
    ...more,
  } as Outbox;
  const { sendLog, ...context } = contextOf({}, { clock, outbox, author: { person: 'ada', name: 'Ada' } });
  const fateOf: SendLog['fateOf'] = async (_, attempt) => {
    settled.push(attempt);
    return { state: 'sent', id: `m-${attempt}` };
  };
  return { own: await ownDrafts(which, { ...context, sendLog: { ...sendLog, fateOf } }), settled };
}

const numbers = ({ own }: Awaited<ReturnType<typeof read>>) => own?.drafts.map(({ draft }) => draft.number);

describe('the drafts of a caller', () => {
  it('are those of the same person in the session, with their state', async () => {
    const drafts = [
      draftOfAda(4, { state: 'rejected', decision: decided(now - 100_000) }),
      draftOfAda(3, { author: { person: 'ben' } }),
      draftOfAda(2, { author: {} }),
      draftOfAda(1, { sessionId: 's2' }),
    ];
    const { own } = await read({ sessionId: 's1' }, drafts);
    expect(own).toEqual({ drafts: [{ draft: drafts[0], state: 'rejected' }], leftOut: 0, failed: false });
  });

  it('are those without a person if the server knows none', async () => {
    const list = async () => [draftOfAda(2), draftOfAda(1, { author: { name: 'robin' } })];
    const outbox = { list } as unknown as Outbox;
    const own = await ownDrafts({ sessionId: 's1' }, contextOf({}, { clock, outbox }));
    expect(own?.drafts.map(({ draft }) => draft.number)).toEqual([1]);
  });

  it('are not known where messages do not wait for a person', async () => {
    expect(await ownDrafts({ sessionId: 's1' }, contextOf({}))).toBeUndefined();
  });

  it('may be unreadable, which leaves the rest of the answer', async () => {
    const list = async () => Promise.reject(new Error('EIO'));
    expect((await read({ sessionId: 's1' }, [], { list })).own).toEqual({
      drafts: [],
      leftOut: 0,
      failed: true,
    });
  });

  it('are at most ten, and the others are counted', async () => {
    const drafts = Array.from({ length: 12 }, (_, n) => draftOfAda(12 - n));
    const ten = await read({ sessionId: 's1' }, drafts.slice(2));
    expect([numbers(ten)?.length, ten.own?.leftOut]).toEqual([10, 0]);
    const more = await read({ sessionId: 's1' }, drafts);
    expect(numbers(more)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(more.own?.leftOut).toBe(2);
  });
});

describe('the drafts of all sessions since a moment', () => {
  const since = now - 100;
  it.each<[what: string, isListed: boolean, Partial<Draft>]>([
    ['waits since long', true, { created: now - 80_000 }],
    ['is being sent', true, { state: 'sending', decision: decided(since - 1, { until: now + 1 }) }],
    ['was sent then', true, { state: 'sent', decision: decided(since) }],
    ['was sent before', false, { state: 'sent', decision: decided(since - 1) }],
    ['expired then', true, { expires: since }],
    ['expired before', false, { expires: since - 1 }],
    // An approval that led to nothing.
    ['expired then, and was decided before', true, { expires: since, decision: decided(since - 1) }],
    ['expired before, and was decided then', false, { expires: since - 1, decision: decided(since) }],
    ['was written then, and has no decision', true, { state: 'sent', created: since }],
    ['was written before, and has no decision', false, { state: 'sent', created: since - 1 }],
  ])('one that %s is listed: %s', async (_, isListed, more) => {
    const found = await read({ since }, [draftOfAda(1, { sessionId: 's2', ...more })]);
    expect(numbers(found)).toEqual(isListed ? [1] : []);
  });

  it('are not looked for', async () => {
    const { own, settled } = await read({ since }, [unknown(1)]);
    expect(own?.drafts).toMatchObject([{ state: 'unknown' }]);
    expect(settled).toEqual([]);
  });
});

describe('of a session, what became of a draft', () => {
  it('is looked for where it is not known, for two at most', async () => {
    const { own, settled } = await read({ sessionId: 's1' }, [
      draftOfAda(5),
      unknown(4),
      unknown(3),
      draftOfAda(2, { state: 'sent', decision: decided(now, { attempt: 'a2' }) }),
      unknown(1),
    ]);
    expect(settled).toEqual(['a4', 'a3']);
    expect(own?.drafts.map(({ draft, state }) => [draft.number, state, draft.messageId])).toEqual([
      [5, 'waiting', undefined],
      [4, 'sent', 'm-a4'],
      [3, 'sent', 'm-a3'],
      [2, 'sent', undefined],
      [1, 'unknown', undefined],
    ]);
  });

  it('stays unknown if that fails', async () => {
    const change = async () => Promise.reject(new Error('EIO'));
    const { own } = await read({ sessionId: 's1' }, [unknown(2), unknown(1)], { change });
    expect(own).toMatchObject({ failed: false, drafts: [{ state: 'unknown' }, { state: 'unknown' }] });
  });
});
