import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { RateLimitedError, UpstreamError } from '../../../src/client/errors.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { findMessages } from '../../../src/conversations/analysis/find-messages.ts';
import { encodeFindCursor } from '../../../src/conversations/analysis/messages/find-cursor.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { memoryPartialResults } from '../../../src/state/memory/partial-results.ts';
import { contextOf, message, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Request = Parameters<typeof findMessages>[0];
const clock = settableClock();
const now = clock.now();
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

/** The sessions of a page of the list: their names, or what went wrong. */
type ListPage = string[] | Error | { ids: string[]; more: object };

/**
 * A desk where session `a5` changed five minutes ago, when its one message was written.
 * @param pages of the list, newest change first.
 * @param histories what happens in place of reading a history, or members of its page.
 */
function deskOf(pages: readonly ListPage[], histories: Record<string, Error | object> = {}) {
  const kept: { id: string; wasKnown: boolean; text: string }[] = [];
  const partialResults = memoryPartialResults(clock);
  const client: Partial<SessionsClient> = {
    requestsPerMinute: 20,
    clockOffset: () => 0,
    async *sessionPages(query) {
      const from = Number(query?.cursor?.slice(1) ?? 0);
      for (const [n, page] of [...pages.entries()].slice(from)) {
        if (page instanceof Error) throw page;
        const { ids, more } = Array.isArray(page) ? { ids: page, more: {} } : page;
        const items = ids.map((id) => session(id, { updated_at: minutesAgo(Number(id.slice(1))) }));
        const next = n + 1 < pages.length ? `p${n + 1}` : null;
        yield { items, next, cursor: n === from ? query?.cursor : `p${n}`, ...more };
      }
    },
    async *historyPages(id) {
      const more = histories[id] ?? {};
      if (more instanceof Error) throw more;
      const items: HistoryItem[] = [message(`m ${id}`, minutesAgo(Number(id.slice(1))))];
      yield { items, next: null, cursor: undefined, ...more };
    },
  };
  return {
    kept,
    partialResults,
    ask: (request: Partial<Request> = {}, more: Partial<Context> = {}) =>
      findMessages(
        { filters: {}, limit: 50, ...(request.cursor === undefined && { since: '1d' }), ...request },
        contextOf(client, {
          clock,
          now: new Date(now),
          partialResults: {
            load: (id) => partialResults.load(id),
            async save(text, given) {
              const id = await partialResults.save(text, given);
              kept.push({ id, wasKnown: given !== undefined, text });
              return id;
            },
          },
          ...more,
        }),
      ),
  };
}

type Found = Awaited<ReturnType<typeof findMessages>>;
const namesOf = ({ messages }: Found) => messages.map(({ item }) => item.id);
const idsOf = (sessions: readonly Session[]) => sessions.map(({ id }) => id);
const cursorAfter = (found: Found, n = found.messages.length) => {
  const position = found.positionAfter(n);
  return position && encodeFindCursor(position);
};
const gone = new UpstreamError('Gone.', { mayHaveArrived: false });
const limited = new RateLimitedError('No.', { retryAfterSeconds: 7 });

describe('an answer', () => {
  const whole = {
    ...{ failed: [], inPart: [], passedOver: 0, unreadable: 0, interrupted: undefined, stop: undefined },
    coverage: {
      sessionsRead: 2,
      sessionsMatching: 2,
      complete: true,
      newest: minutesAgo(5),
      oldest: minutesAgo(9),
    },
  };
  const not = (more: object) => ({ ...whole.coverage, complete: false, ...more });

  it.each<[string, ListPage[], Record<string, Error | object>, object]>([
    ['nothing is missing', [['a5', 'b9']], {}, {}],
    ['the order is another', [['b9', 'a5']], {}, {}],
    [
      'an entry cannot be read',
      [['a5', 'b9']],
      { a5: { unreadable: 1 } },
      { unreadable: 1, coverage: not({}) },
    ],
    [
      'a session and an entry cannot be read',
      [{ ids: ['a5', 'b9'], more: { unreadable: 1 } }],
      { a5: { unreadable: 1 } },
      { unreadable: 2, coverage: not({}) },
    ],
    ['a history fails', [['a5', 'b9']], { a5: gone }, { failed: ['a5'], passedOver: 1, coverage: not({}) }],
    [
      'a history fails and as many entries cannot be read',
      [{ ids: ['a5', 'b9'], more: { unreadable: 2 } }],
      { a5: gone },
      { failed: ['a5'], passedOver: 1, unreadable: 2, coverage: not({}) },
    ],
    [
      'a history ends early',
      [['a5', 'b9']],
      { a5: { endsEarly: true } },
      { inPart: ['a5'], passedOver: 1, coverage: not({}) },
    ],
    [
      'the older part of a history is missing',
      [['a5', 'b9']],
      { a5: { endsEarly: true, items: [message('m2', minutesAgo(5)), message('m1', minutesAgo(6))] } },
      { inPart: ['a5'], coverage: not({}) },
    ],
    [
      'the list fails',
      [['a5', 'b9'], gone],
      {},
      { interrupted: 'failed', coverage: not({ sessionsMatching: undefined }) },
    ],
    [
      'the list is cut',
      [{ ids: ['a5', 'b9'], more: { left_out: 1 } }],
      {},
      { interrupted: 'too_much', coverage: not({}) },
    ],
    [
      'no request is left',
      [['a5', 'b9']],
      { b9: limited },
      {
        stop: { why: 'rate_limited', retryAfterSeconds: 7 },
        coverage: not({ sessionsRead: 1, oldest: minutesAgo(5) }),
      },
    ],
  ])('says if %s', async (_, pages, histories, parts) => {
    const { ask } = deskOf(pages, histories);
    const found = await ask();
    const { failed, inPart, passedOver, unreadable, interrupted, stop, coverage } = found;
    expect({
      ...{ failed: idsOf(failed), inPart: idsOf(inPart) },
      ...{ passedOver, unreadable, interrupted, stop, coverage },
    }).toEqual({ ...whole, ...parts });
    expect(coverage.complete).toBe(!('coverage' in parts));
  });

  it('has as many messages as are wanted', async () => {
    const { ask } = deskOf([['a5', 'b6', 'c7']]);
    const found = await ask({ limit: 2 });
    expect(namesOf(found)).toEqual(['m a5', 'm b6']);
    expect(found).toMatchObject({ since: now - 86_400_000, until: undefined, contains: undefined });
    expect(found.coverage.complete).toBe(true);
    const rest = await ask({ cursor: cursorAfter(found) });
    expect(namesOf(rest)).toEqual(['m c7']);
    expect(rest.positionAfter(1)).toBeUndefined();
  });

  it('says what it was asked for, also when it is continued', async () => {
    const { ask } = deskOf([['a5', 'b6', 'c7', 'd8']]);
    const wanted = { filters: { contains: 'text' }, since: minutesAgo(8), until: minutesAgo(5) };
    const first = await ask({ ...wanted, limit: 1 });
    const about = { since: now - 480_000, until: now - 300_000, contains: 'text' };
    expect(first).toMatchObject(about);
    const second = await ask({ cursor: cursorAfter(first) });
    expect(second).toMatchObject(about);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['m b6', 'm c7']);
    expect(second.nextSinceAfter(1)).toEqual(first.nextSinceAfter(1));
  });

  it('leaves what came since the first answer to the next question', async () => {
    const { ask } = deskOf([['a0', 'b0', 'c5']]);
    const first = await ask({ limit: 1 });
    expect(namesOf(await ask({ cursor: cursorAfter(first) }))).toEqual(['m c5']);
  });

  it('counts its sessions with those of earlier parts of the list', async () => {
    const many = Array.from({ length: 6 }, (_, n) => [`a${n + 1}`]);
    const { ask } = deskOf(many, { a1: gone });
    const first = await ask();
    expect(first.coverage).toMatchObject({ sessionsRead: 4, sessionsMatching: undefined, complete: false });
    expect(first.passedOver).toBe(1);
    const second = await ask({ cursor: cursorAfter(first) });
    expect(namesOf(second)).toEqual(['m a5', 'm a6']);
    // One of the first part is missing.
    expect(second.coverage).toMatchObject({ sessionsRead: 6, sessionsMatching: 6, complete: false });
    expect(second).toMatchObject({ failed: [], passedOver: 1 });
    expect(second.positionAfter(2)).toBeUndefined();
  });
});

describe('the places of sessions', () => {
  it('are kept until the answers end, under one name', async () => {
    const { ask, kept } = deskOf([['a5', 'b6', 'c7']]);
    const first = await ask({ limit: 1 });
    const position = first.positionAfter(1);
    expect(kept).toEqual([{ id: position?.places, wasKnown: false, text: expect.stringContaining('"a5"') }]);
    const second = await ask({ cursor: cursorAfter(first), limit: 1 });
    expect(kept[1]).toMatchObject({ id: position?.places, wasKnown: true });
    const last = await ask({ cursor: cursorAfter(second), limit: 1 });
    expect(namesOf(last)).toEqual(['m c7']);
    expect(kept).toHaveLength(2);
    expect(last.positionAfter(0)?.places).toBeUndefined();
  });

  it('are those of the sessions that were read, and of those that were not', async () => {
    const pages = [['a5', 'b6', 'c7']];
    const { ask, partialResults } = deskOf(pages, { c7: limited });
    const first = await ask();
    const { places = '' } = first.positionAfter(2) ?? {};
    const saved = JSON.parse((await partialResults.load(places)) ?? '');
    expect(saved).toEqual({
      page: '',
      places: [
        ['a5', now - 300_000],
        ['b6', now - 360_000],
        ['c7', now - 420_000],
      ],
    });
  });
});

describe('a question', () => {
  it('belongs to the account that asks it', async () => {
    const { ask } = deskOf([['a5', 'b6']]);
    const first = await ask({ limit: 1 }, { account: 'one' });
    const cursor = cursorAfter(first);
    expect(first.positionAfter(1)?.account).toBe('one');
    expect(namesOf(await ask({ cursor }, { account: 'one' }))).toEqual(['m b6']);
    await expect(ask({ cursor }, { account: 'two' })).rejects.toThrow('another account');
    await expect(ask({ cursor })).rejects.toThrow('another account');
  });

  it('that is asked again leaves out what came after its moment and was handed out', async () => {
    const { ask } = deskOf([['a0', 'b0', 'c5']]);
    const first = await ask({ limit: 1 });
    const { at, handedOut } = first.nextSinceAfter(1);
    const again = await ask({ since: `${new Date(at).toISOString()}~${handedOut.join('.')}` });
    expect(namesOf(again)).toEqual([namesOf(first)[0] === 'm a0' ? 'm b0' : 'm a0']);
    // Both are left out next time.
    expect(again.nextSinceAfter(1).handedOut).toHaveLength(2);
    expect(again.nextSinceAfter(0).handedOut).toEqual(handedOut);
  });
});
