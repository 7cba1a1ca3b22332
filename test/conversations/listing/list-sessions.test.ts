import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { encodeCursor } from '../../../src/conversations/listing/cursor.ts';
import { continueAfter, readSessionList } from '../../../src/conversations/listing/list-sessions.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf, now, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

const s = (n: number, more: Partial<Session> = {}) => session(`s${n}`, more);
type Request = Parameters<typeof readSessionList>[0];

/** Reads a list of these pages. `ms` passes with each page; `off` is what the first answer tells of the clock. */
async function read(
  pages: Session[][],
  request: Partial<Request> = {},
  { ms = 0, off = 0, isClockKnown = true }: { ms?: number; off?: number; isClockKnown?: boolean } = {},
) {
  const clock = settableClock();
  const asked: { query: object; ms: number | undefined; maxWaitMs: number | undefined }[] = [];
  let pagesRead = 0;
  let isAnswered = false;
  const client: Partial<SessionsClient> = {
    clockOffset: () => (isClockKnown ? 0 : undefined),
    async *sessionPages(query = {}, options = {}) {
      asked.push({ query, ms: options.deadline?.remainingMs, maxWaitMs: options.maxWaitMs });
      for (const [n, items] of pages.entries()) {
        isAnswered = true;
        pagesRead += 1;
        clock.pass(ms);
        const next = n === pages.length - 1 ? null : `p${n + 1}`;
        yield { items, next, cursor: n === 0 ? undefined : `p${n}` };
      }
    },
    historyPages: async function* () {},
  };
  const call = { signal: new AbortController().signal, deadline: Deadline.after(10_000, clock) };
  const context = contextOf(client, { clock, call });
  Object.defineProperty(context, 'now', {
    get: () => new Date(now.getTime() + (isAnswered ? off : 0)),
  });
  const listing = await readSessionList({ filters: {}, ...request }, context);
  return { ...listing, listing, asked, pagesRead, ids: listing.sessions.map(({ id }) => id) };
}

describe('a list of sessions', () => {
  it('is read with the time of the call', async () => {
    const { asked, more, listing } = await read([[s(1), s(2)]], { filters: { status: 'open' } });
    expect(asked).toEqual([{ query: { status: 'open' }, ms: 10_000, maxWaitMs: undefined }]);
    expect(Object.keys(asked[0]?.query ?? {})).toEqual(['status']);
    expect(more).toBe(false);
    for (const name of ['matches', 'coverage', 'lastSpeakers']) expect(listing).not.toHaveProperty(name);
    expect((await read([])).more).toBe(false);
  });

  it('of one contact is looked through in part of it, and waits little', async () => {
    const pages = [[s(1, { contact: { id: 'c1', name: 'Ada' } as never })], [s(2)]];
    const { asked, ids, matches, coverage, end } = await read(pages, { filters: { contact: 'Ada' } });
    expect(asked).toEqual([{ query: {}, ms: 7000, maxWaitMs: 2000 }]);
    expect([ids, matches]).toEqual([['s1'], ['verified']]);
    expect(coverage).toMatchObject({ sessionsRead: 2, sessionsMatching: 2, complete: true });
    expect(end).toMatchObject({ page: 'p1', read: 1 });
  });

  it('of one contact ends in time, and no other one does', async () => {
    const pages = [[s(1)], [s(2)], [s(3)]];
    const late = await read(pages, { filters: { contact: 'Ada' } }, { ms: 3500 });
    expect([late.pagesRead, late.more]).toEqual([2, true]);
    expect(late.coverage).toMatchObject({ sessionsRead: 2, complete: false });
    expect((await read(pages, { filters: { contact: 'Ada' } }, { ms: 2333 })).pagesRead).toBe(3);
    expect((await read(pages, {}, { ms: 3500 })).pagesRead).toBe(3);
  });

  it('ends at its limit, and goes on there', async () => {
    const pages = [[s(1), s(2)], [s(3), s(4)], [s(5)]];
    const inPage = await read(pages, { limit: 3 });
    expect(inPage).toMatchObject({ ids: ['s1', 's2', 's3'], more: true, pagesRead: 2 });
    expect(inPage.end).toMatchObject({ page: 'p1', after: { passed: [expect.any(String)] } });
    const atEnd = await read(pages, { limit: 4 });
    expect(atEnd).toMatchObject({ more: true, pagesRead: 2, end: { page: 'p2' } });
    expect(atEnd.end).not.toHaveProperty('after');
    const whole = await read(pages, { limit: 5 });
    expect(whole).toMatchObject({ more: false, pagesRead: 3 });
    const first = await read(pages, { limit: 1 });
    expect(first.end).toMatchObject({ after: { passed: [expect.any(String)] } });
    expect(first.end).not.toHaveProperty('page');
    expect(first.end).not.toHaveProperty('read');
    expect((await read([[s(1), s(2)]], { limit: 1 })).more).toBe(true);
  });

  it('continues after as many sessions as were shown', async () => {
    const { listing, positions, end } = await read([[s(1), s(2)], [s(3)], []], { limit: 20 });
    expect(positions).toHaveLength(3);
    expect(continueAfter(listing, 3)).toBe(end);
    expect(continueAfter(listing, 0)).toBe(end);
    expect(continueAfter(listing, 1)).toMatchObject({ after: { passed: [expect.any(String)] } });
    expect(continueAfter(listing, 2)).toMatchObject({ page: 'p1' });
    expect(end).toMatchObject({ page: 'p2' });
    // Empty pages need not be read again.
    expect((await read([[s(1)], [], []])).end).toMatchObject({ page: 'p2' });
  });

  it('has twenty sessions, or ten with the last speakers', async () => {
    const pages = [Array.from({ length: 60 }, (_, n) => s(n))];
    expect((await read(pages)).ids).toHaveLength(20);
    const spoken = await read(pages, { withLastSpeaker: true });
    expect([spoken.ids.length, spoken.lastSpeakers?.length]).toEqual([10, 10]);
    expect(spoken.end).toMatchObject({ withLastSpeaker: true });
    expect((await read(pages, { withLastSpeaker: true, limit: 50 })).ids).toHaveLength(50);
    await expect(read(pages, { withLastSpeaker: true, limit: 51 })).rejects.toThrow('at most 50');
    expect((await read(pages, { limit: 51 })).ids).toHaveLength(51);
  });
});

describe('the ages of a list, while the clock of the API is not known', () => {
  const age = { created_after: '1h' };
  const hourBefore = (off: number) => new Date(now.getTime() + off - 3_600_000).toISOString();
  const queries = async (off: number, request: Partial<Request>) => {
    const { asked } = await read([[s(1)]], request, { off, isClockKnown: false });
    return asked.map(({ query }) => query);
  };

  it.each([60_001, -60_001])('count from it once an answer has told that it is off by %d', async (off) => {
    const first = { created_after: hourBefore(0) };
    expect(await queries(off, { filters: age })).toEqual([first, { created_after: hourBefore(off) }]);
    expect(await queries(off, { filters: { created_after: '2026-01-01' } })).toHaveLength(1);
    const cursor = encodeCursor({ filters: age, agesFrom: now.toISOString() });
    expect(await queries(off, { cursor })).toEqual([first]);
  });

  it.each([60_000, -60_000])('stay as they are if it is off by %d', async (off) => {
    expect(await queries(off, { filters: age })).toHaveLength(1);
  });

  it('do not make a time of the future one of the past', async () => {
    const filters = { created_after: new Date(now.getTime() + 600_000).toISOString() };
    await expect(read([[s(1)]], { filters }, { isClockKnown: false })).rejects.toThrow('in the future');
    await expect(read([[s(1)]], { filters })).rejects.toThrow('in the future');
    expect((await read([[s(1)]], { filters }, { off: 600_000, isClockKnown: false })).ids).toEqual(['s1']);
  });
});
