import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { RateLimitedError } from '../../../src/client/errors.ts';
import type { HistoryItem, Session } from '../../../src/contract/entities.ts';
import { type FoundMessages, findMessages } from '../../../src/conversations/analysis/find-messages.ts';
import {
  decodeFindCursor,
  encodeFindCursor,
} from '../../../src/conversations/analysis/messages/find-cursor.ts';
import { formatSince } from '../../../src/conversations/analysis/messages/since.ts';
import { memoryHistories } from '../../../src/state/memory/histories.ts';
import { memoryPartialResults } from '../../../src/state/memory/partial-results.ts';
import type { PartialResults } from '../../../src/state/principal/partial-results.ts';
import { type BusyDesk, openBusyDesk } from '../../support/analysis/busy-desk.ts';
import { contextOf, message, now, pagesOf, seeded, session } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

type Filters = Parameters<typeof findMessages>[0]['filters'];
type Walk = Awaited<ReturnType<BusyDesk['walk']>>;

/** Somebody who asks questions about a desk. */
function asker(desk: BusyDesk, more: { partialResults?: PartialResults } = {}) {
  const clock = settableClock();
  const histories = memoryHistories(clock);
  const context = () => contextOf(desk.client, { now: desk.now(), clock, histories, ...more });
  return {
    clock,
    ask: (request: Partial<Parameters<typeof findMessages>[0]>) =>
      findMessages({ filters: {}, limit: 50, ...request }, context()),
  };
}

const idsOf = (found: FoundMessages) => found.messages.map(({ item }) => item.id);

/** The cursor after `n` messages; undefined if that is all. */
function cursorAfter(found: FoundMessages, n = found.messages.length): string | undefined {
  const position = found.positionAfter(n);
  return position && encodeFindCursor(position);
}

/** All messages of a question, by its cursors. */
async function askAll(ask: ReturnType<typeof asker>['ask'], request: Parameters<typeof ask>[0]) {
  const ids: unknown[] = [];
  let found = await ask(request);
  for (let calls = 1; ; calls += 1) {
    expect(calls).toBeLessThan(200);
    ids.push(...idsOf(found));
    const cursor = cursorAfter(found);
    if (cursor === undefined) return { ids, found, calls };
    found = await ask({ cursor, limit: request.limit ?? 50 });
  }
}

/** The ids that a question has to find, read by hand, newest first. */
function expected(
  walk: Walk,
  since: number,
  test: (item: HistoryItem, session: Session) => boolean,
  until = Number.POSITIVE_INFINITY,
) {
  return walk
    .flatMap(({ session, history }) =>
      history.map((item) => ({ session, item, at: Date.parse(item.created_at) })),
    )
    .filter(({ at }) => at > since && at < until)
    .filter(({ item, session }) => test(item, session))
    .sort((one, other) => other.at - one.at)
    .map(({ item }) => item.id);
}

const sorted = (ids: readonly unknown[]) => [...ids].sort();
const isMessage = ({ event }: HistoryItem) => event.type === 'message';
const day = 86_400_000;

describe('messages of 100 sessions', () => {
  let desk: BusyDesk;
  let walk: Walk;
  /** Remembers what was read for an earlier question. */
  let ask: ReturnType<typeof asker>['ask'];
  beforeAll(async () => {
    desk = await openBusyDesk(100);
    ask = asker(desk).ask;
    walk = await desk.walk();
  });
  afterAll(() => desk.end());

  const since = () => desk.now().getTime() - 60 * day;

  const questions: [string, Filters, (item: HistoryItem, session: Session) => boolean][] = [
    ['all messages', {}, isMessage],
    [
      'what customers wrote',
      { from: 'contact' },
      (item) => isMessage(item) && item.event.sender?.type === 'contact',
    ],
    ['what the AI wrote', { from: 'ai' }, (item) => isMessage(item) && item.event.sender?.type === 'ai'],
    [
      'a word, whatever its case',
      { contains: 'REFUND' },
      (item) => isMessage(item) && /refund/i.test(item.event.content?.text ?? ''),
    ],
    [
      'two words and a phrase',
      { contains: 'MONDAY "not moved since" tracking' },
      (item) => /tracking.*not moved since monday/i.test(item.event.content?.text ?? ''),
    ],
    [
      'files',
      { has_attachment: true },
      (item) => isMessage(item) && (item.event.attachments?.length ?? 0) > 0,
    ],
    ['events too', { include_events: true }, () => true],
    [
      'events of the system',
      { include_events: true, from: 'system' },
      (item) => item.event.sender?.type === 'system',
    ],
    [
      'events by their name',
      { include_events: true, contains: 'closed_' },
      (item) => /closed_/.test(`${item.event.type} ${JSON.stringify(item.event)}`),
    ],
    ['open sessions', { status: 'open' }, (item, session) => isMessage(item) && session.status === 'open'],
    [
      'a channel',
      { channel_type: 'email' },
      (item, { channel }) => isMessage(item) && channel.type === 'email',
    ],
    ['handed off', { handed_off: true }, (item, { handoff }) => isMessage(item) && Boolean(handoff)],
    [
      'a person',
      { contact: 'ada arden 0' },
      (item, { contact }) =>
        isMessage(item) && [contact?.name, contact?.non_verified_name].includes('Ada Arden 0'),
    ],
  ];

  it.each(questions)('are as in a walk by hand: %s', async (_, filters, test) => {
    const wanted = expected(walk, since(), test);
    expect(wanted.length).toBeGreaterThan(0);
    const { ids, found } = await askAll(ask, { filters, since: '60d', limit: 200 });
    expect(ids).toHaveLength(wanted.length);
    expect(sorted(ids)).toEqual(sorted(wanted));
    expect(found.coverage.complete).toBe(true);
  });

  it('come newest first over all answers, and each answer may end anywhere', async () => {
    const random = seeded(5);
    const { ask, clock } = asker(desk);
    const wanted = expected(walk, desk.now().getTime() - 634 * 3_600_000, isMessage);
    const times = new Map(
      walk.flatMap(({ history }) => history.map(({ id, created_at }) => [id, created_at])),
    );
    const ids: (string | null | undefined)[] = [];
    let found = await ask({ since: '634h', limit: 200 });
    for (;;) {
      // As when the answer does not fit.
      const n = Math.min(found.messages.length, 1 + random.below(200));
      ids.push(...idsOf(found).slice(0, n));
      const cursor = cursorAfter(found, n);
      if (cursor === undefined) break;
      if (random.chance(0.2)) clock.pass(60_000);
      found = await ask({ cursor, limit: 1 + random.below(200) });
    }
    expect(sorted(ids)).toEqual(sorted(wanted));
    const inOrder = ids.map((id) => times.get(id));
    expect(inOrder).toEqual(inOrder.toSorted().reverse());
  });

  it('are those between since and until, both excluded', async () => {
    const all = expected(walk, 0, isMessage);
    const times = new Map(
      walk.flatMap(({ history }) => history.map(({ id, created_at }) => [id, created_at])),
    );
    const [until, from] = [times.get(all[30]) ?? '', times.get(all[130]) ?? ''];
    const wanted = expected(walk, Date.parse(from), isMessage, Date.parse(until));
    const { ids } = await askAll(ask, { since: from, until });
    expect(sorted(ids)).toEqual(sorted(wanted));
  });

  it('cost the pages and one request for each session once, and then the pages', async () => {
    const { ask } = asker(desk);
    const changed = walk.filter(({ session }) => Date.parse(session.updated_at) > since()).length;
    const pages = Math.ceil(changed / 25);
    const cost = async () => {
      const before = desk.requests();
      const found = await ask({ since: '60d', filters: { has_attachment: true }, limit: 200 });
      expect(found.coverage).toMatchObject({
        complete: true,
        sessionsRead: changed,
        sessionsMatching: changed,
      });
      return desk.requests() - before;
    };
    expect(await cost()).toBeLessThanOrEqual(changed + pages + 2);
    expect(await cost()).toBeLessThanOrEqual(pages + 1);
  });

  it('are found without reading more sessions than the newest ones need', async () => {
    const { ask } = asker(desk);
    const before = desk.requests();
    const found = await ask({ since: '60d', limit: 10 });
    expect(idsOf(found)).toEqual(expected(walk, since(), isMessage).slice(0, 10));
    expect(desk.requests() - before).toBeLessThan(50);
    expect(found.coverage.complete).toBe(false);
    expect(found.coverage.sessionsMatching).toBe(walk.length);
  });
});

describe('an answer in part', () => {
  it.each([1, 2, 3])(
    'is continued exactly once while new messages come in, and next_since brings those (%i)',
    async (seed) => {
      const random = seeded(seed);
      const desk = await openBusyDesk(45);
      const { ask, clock } = asker(desk);
      const walk = await desk.walk();
      const began = desk.now().getTime();
      const byChange = walk.toSorted(({ session: one }, { session: other }) =>
        one.updated_at < other.updated_at ? 1 : -1,
      );
      const wanted = expected(walk, began - 60 * day, isMessage);
      const limit = [20, 200, 50][seed % 3] ?? 50;
      const seen: unknown[] = [];
      desk.allow(20);
      let found = await ask({ since: '60d', limit });
      expect(found.coverage.complete).toBe(false);
      expect(found.messages.length).toBeGreaterThan(0);
      const nextSince = formatSince(found.nextSinceAfter(found.messages.length));
      for (let calls = 0; ; calls += 1) {
        expect(calls).toBeLessThan(200);
        seen.push(...idsOf(found));
        const cursor = cursorAfter(found);
        if (cursor === undefined) break;
        desk.pass(61_000);
        clock.pass(random.chance(0.5) ? 61_000 : 30_000);
        // To a session that was read long ago, one that is read last, and any other.
        for (const n of [calls, -1 - calls, random.below(walk.length)]) {
          const { session } = byChange.at(n % walk.length) ?? expect.unreachable();
          await desk.write(session.id, `new ${seed} ${calls} ${n}`, random.chance(0.5) ? 'contact' : 'agent');
          desk.pass(1 + random.below(900));
        }
        if (random.chance(0.3)) await desk.write(await desk.create(), `new in a new session ${calls}`);
        desk.allow(20 + random.below(40));
        found = await ask({ cursor, limit });
        expect(formatSince(found.nextSinceAfter(found.messages.length))).toBe(nextSince);
      }
      expect(seen).toHaveLength(wanted.length);
      expect(sorted(seen)).toEqual(sorted(wanted));

      desk.allow(10_000);
      const later = await askAll(ask, { since: nextSince });
      const all = expected(await desk.walk(), began - 60 * day, isMessage);
      expect(sorted([...seen, ...later.ids])).toEqual(sorted(all));
      await desk.end();
    },
  );

  it('moves on although every session changes between two answers', async () => {
    const desk = await openBusyDesk(16);
    const partialResults = memoryPartialResults();
    const { ask } = asker(desk, { partialResults });
    const walk = await desk.walk();
    const wanted = expected(walk, desk.now().getTime() - 60 * day, isMessage);
    desk.allow(6);
    let found = await ask({ since: '60d', limit: 50 });
    const seen = idsOf(found);
    for (let calls = 0; ; calls += 1) {
      expect(calls).toBeLessThan(20);
      const cursor = cursorAfter(found);
      if (cursor === undefined) break;
      desk.pass(61_000);
      for (const { session } of walk) await desk.write(session.id, `again ${calls}`);
      desk.allow(9);
      found = await ask({ cursor, limit: 50 });
      expect(found.messages.length + found.coverage.sessionsRead).toBeGreaterThan(0);
      seen.push(...idsOf(found));
    }
    expect(sorted(seen)).toEqual(sorted(wanted));
    await desk.end();
  });

  it('is never complete after one that lacks the newest messages of a session', async () => {
    const items = Array.from({ length: 170 }, (_, n) =>
      message(`m${n}`, new Date(now.getTime() - (200 - n) * 1000).toISOString()),
    );
    const client: Partial<SessionsClient> = {
      sessionPages: () => pagesOf([session('s0', { updated_at: now.toISOString() })], 25).pages,
      historyPages: () => pagesOf(items, 2).pages,
      clockOffset: () => 0,
    };
    const shared = { ...contextOf(client), clock: { ...settableClock(), now: () => now.getTime() } };
    let found = await findMessages({ filters: {}, since: '1d', limit: 30 }, shared);
    expect(idsOf(found)[0]).toBe('m159');
    for (let calls = 0; ; calls += 1) {
      expect(calls).toBeLessThan(9);
      expect(found.coverage.complete).toBe(false);
      const cursor = cursorAfter(found);
      if (cursor === undefined) break;
      found = await findMessages({ filters: {}, cursor, limit: 30 }, shared);
    }
    expect(idsOf(found).at(-1)).toBe('m0');
    expect(found.passedOver).toBe(1);
  });

  it('says when again if not even the list can be read', async () => {
    const desk = await openBusyDesk(5);
    desk.allow(0);
    await expect(asker(desk).ask({ since: '60d' })).rejects.toThrow(RateLimitedError);
    desk.allow(1);
    const found = await asker(desk).ask({ since: '60d' });
    expect(found).toMatchObject({ messages: [], stop: { why: 'rate_limited', retryAfterSeconds: 60 } });
    expect(found.coverage).toMatchObject({ sessionsRead: 0, sessionsMatching: 5, complete: false });
    desk.allow(10);
    const { cursor } = { cursor: cursorAfter(found) };
    const rest = await asker(desk).ask({ cursor });
    expect(rest.coverage.complete).toBe(true);
    await desk.end();
  });
});

describe('a session that changed without a new entry before it was read', () => {
  it('is not handed out again when it changes once more', async () => {
    const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
    // The first one was changed last, but has the oldest message.
    const sessions = [
      session('s0', { updated_at: at(10) }),
      session('s1', { updated_at: at(20) }),
      session('s2', { updated_at: at(30) }),
    ];
    const histories: Record<string, HistoryItem[]> = {
      s0: [message('m0', at(90))],
      s1: [message('m1', at(20))],
      s2: [message('m2', at(30))],
    };
    let allowed = 1;
    const client: Partial<SessionsClient> = {
      sessionPages: () => pagesOf(sessions, 25).pages,
      historyPages: (id) => {
        allowed -= 1;
        if (allowed < 0) throw new RateLimitedError('No.', { retryAfterSeconds: 60 });
        return pagesOf(histories[id] ?? [], 50).pages;
      },
      clockOffset: () => 0,
    };
    const clock = { ...settableClock(), now: () => now.getTime() };
    const ask = (given: object) =>
      findMessages({ filters: {}, limit: 50, ...given }, contextOf(client, { clock }));
    const first = await ask({ since: '1d' });
    expect(idsOf(first)).toEqual(['m0']);
    sessions[0] = session('s0', { updated_at: at(-1) });
    histories['s0']?.push(message('m3', at(-1)));
    allowed = 10;
    const second = await ask({ cursor: cursorAfter(first) });
    expect(idsOf(second)).toEqual(['m1', 'm2']);
    expect(second.positionAfter(2)).toBeUndefined();
  });
});

describe('asking again with next_since', () => {
  it.each([200, 2])('gives what came since, without gap or repetition, %i at a time', async (limit) => {
    const desk = await openBusyDesk(20);
    const { ask } = asker(desk);
    const walk = await desk.walk();
    const ids = walk.map(({ session }) => session.id);
    const random = seeded(9);
    const seen: unknown[] = [];
    const sent: string[] = [];
    let since = desk.now().toISOString();
    for (let round = 0; round < 25; round += 1) {
      for (let n = random.below(4); n > 0; n -= 1) {
        const { data } = await desk.write(ids[random.below(ids.length)] ?? '', `round ${round} ${n}`);
        sent.push(data.message.id);
        desk.pass(random.below(400));
      }
      if (round === 24) desk.pass(5000);
      const answer = await askAll(ask, { since, limit });
      seen.push(...answer.ids);
      since = formatSince(answer.found.nextSinceAfter(answer.found.messages.length));
      desk.pass(random.below(3) === 0 ? 5000 : 200);
    }
    expect(seen).toHaveLength(sent.length);
    expect(sorted(seen)).toEqual(sorted(sent));
    await desk.end();
  });
});

describe('the cursor', () => {
  it('is refused if it is foreign, was changed, or belongs to other filters', async () => {
    const desk = await openBusyDesk(30);
    const { ask } = asker(desk);
    const found = await ask({ since: '60d', limit: 3, filters: { from: 'contact', contains: 'a' } });
    const cursor = cursorAfter(found) ?? expect.unreachable();
    expect(encodeFindCursor(decodeFindCursor(cursor, {}))).toBe(cursor);
    const refused = (request: object) => expect(ask(request)).rejects.toMatchObject({ argument: 'cursor' });
    await refused({ cursor: `${cursor}x` });
    await refused({ cursor: 's3?s=open#1' });
    await refused({ cursor, filters: { from: 'agent' } });
    await refused({ cursor, filters: { status: 'open' } });
    expect(await ask({ cursor, filters: { from: 'contact' } })).toMatchObject({ since: found.since });
    await desk.end();
  });
});
