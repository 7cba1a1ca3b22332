import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { findMessages } from '../../../src/conversations/analysis/find-messages.ts';
import { contextOf, message, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Request = Parameters<typeof findMessages>[0];
const clock = settableClock();
const now = clock.now();
const iso = (ms: number) => new Date(now + ms).toISOString();
const said = (ms: number) => ({ ...message(`m${ms}`, now + ms), id: `m${ms}` });

/** Finds messages in these histories. Times are in milliseconds from now. */
function find(
  histories: HistoryItem[][],
  request: Partial<Request> = {},
  { offset = 0, more = {} }: { offset?: number | 'unknown'; more?: Partial<Session> } = {},
) {
  const sessions = histories.map((items, n) =>
    session(`s${n}`, { updated_at: items.at(-1)?.created_at ?? 'yesterday', ...more }),
  );
  const client: Partial<SessionsClient> = {
    clockOffset: () => (offset === 'unknown' ? undefined : offset),
    async *sessionPages() {
      yield { items: sessions, next: null, cursor: undefined };
    },
    async *historyPages(id) {
      yield { items: histories[Number(id.slice(1))] ?? [], next: null, cursor: undefined, unreadable: 1 };
    },
  };
  const context = contextOf(client, { clock, now: new Date(now) });
  return findMessages({ filters: {}, since: iso(-3_600_000), limit: 50, ...request }, context);
}

describe('a question about messages', () => {
  it.each([
    [0, -2000],
    [500, -1500],
    ['unknown', -5000],
  ] as const)('at a clock that is off by %s is asked again from %d on', async (offset, at) => {
    const messages = [said(-9000), said(-1000)];
    const found = await find([messages], {}, { offset });
    expect(found.nextSinceAfter(2)).toEqual({ at: now + at, handedOut: [found.messages[0]?.place.sum] });
    // What was not handed out comes again.
    expect(found.nextSinceAfter(0)).toEqual({ at: now + at, handedOut: [] });
  });

  it('up to a moment is asked again from there on', async () => {
    const found = await find([[said(-9000)]], { until: iso(-4000) });
    expect(found.nextSinceAfter(1)).toEqual({ at: now - 4001, handedOut: [] });
    const late = await find([[said(-500)]], { since: iso(-1000) });
    expect(late.nextSinceAfter(1)).toMatchObject({ at: now - 1000, handedOut: [expect.any(String)] });
    // A message of that moment does not come again.
    const exact = await find([[said(-2001), said(-2000), said(-1999)]]);
    expect(exact.nextSinceAfter(3)).toEqual({ at: now - 2000, handedOut: [exact.messages[0]?.place.sum] });
  });

  it('knows what it rests on', async () => {
    const histories = [[said(-3000)], [said(-1000)], [said(-2000)]];
    const found = await find(histories);
    expect(found.messages.map(({ item }) => item.id)).toEqual(['m-1000', 'm-2000', 'm-3000']);
    expect(found).toMatchObject({
      claimed: 0,
      unreadable: 3,
      coverage: {
        sessionsRead: 3,
        sessionsMatching: 3,
        complete: false,
        newest: iso(-1000),
        oldest: iso(-3000),
      },
    });
    expect(found.positionAfter(3)).toBeUndefined();
    expect(found.positionAfter(1)).toMatchObject({ asOf: now - 2000, filters: {} });
    const odd = await find([[]]);
    expect(odd.coverage).toMatchObject({ newest: undefined, oldest: undefined });
  });

  it('counts the sessions that belong to a contact only by a claim', async () => {
    const contact = (more: object) => ({ contact: { id: 'c1', ...more } as never });
    const asked = { filters: { contact: 'Ada', status: undefined } };
    const histories = [[said(-3000), said(-1000)], [said(-2000)]];
    expect((await find(histories, asked, { more: contact({ non_verified_name: 'Ada' }) })).claimed).toBe(2);
    const verified = await find(histories, asked, { more: contact({ name: 'Ada' }) });
    expect(verified.claimed).toBe(0);
    expect(Object.keys(verified.positionAfter(1)?.filters ?? {})).toEqual(['contact']);
  });

  it('needs a moment that is before its end, and not in the future', async () => {
    await expect(find([], { since: undefined })).rejects.toThrow('is required without a cursor');
    const empty = 'the range is empty: it begins at';
    await expect(find([], { since: iso(-5), until: iso(-5) })).rejects.toThrow(empty);
    await expect(find([], { since: iso(-5), until: iso(-6) })).rejects.toThrow(empty);
    expect((await find([], { since: iso(-6), until: iso(-5) })).messages).toEqual([]);
    expect((await find([], { since: iso(300_000) })).messages).toEqual([]);
    await expect(find([], { since: iso(300_001) })).rejects.toThrow('is in the future');
  });
});
