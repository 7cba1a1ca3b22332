import { describe, expect, it } from 'vitest';
import type { FindPosition } from '../../../../src/conversations/analysis/messages/find-cursor.ts';
import { checksum } from '../../../../src/conversations/listing/checksum.ts';
import {
  asOf,
  end,
  gone,
  limited,
  messagePlace,
  placeOf,
  time,
  workThroughDesk,
} from '../../../support/analysis/desk-of-seconds.ts';
import { message } from '../../../support/fakes/fakes.ts';

const byTime = (one: string, other: string) => Number(other.slice(1)) - Number(one.slice(1));

describe('an answer that continues', () => {
  const desk = { a: [10, 40], b: [15, 30], c: [20] };

  it('after a session reads that one and those after it', async () => {
    const { asked, found, unread, next } = await workThroughDesk(desk, {
      position: { done: placeOf('b', 30) },
    });
    expect([asked, found, unread]).toEqual([['b', 'c'], ['b30', 'c20', 'b15'], []]);
    expect(next(3)).toBeUndefined();
    expect(next(1)).toMatchObject({ done: placeOf('b', 30), last: messagePlace('b30') });
  });

  it('after a message reads the sessions before it again, and the others if it found all of those', async () => {
    const position = { readTo: placeOf('c', 20), last: messagePlace('b30') };
    const { asked, found, next } = await workThroughDesk(desk, { position });
    expect([asked, found]).toEqual([
      ['a', 'b', 'c'],
      ['c20', 'b15', 'a10'],
    ]);
    expect(next(1)).toMatchObject({ done: undefined, readTo: undefined, last: messagePlace('c20') });
    expect(next(0)).toMatchObject({ last: messagePlace('b30') });
  });

  it('after the last message found in sessions that were read knows that these are done', async () => {
    const position = { readTo: placeOf('c', 20), last: messagePlace('a10') };
    const all = await workThroughDesk(desk, { position });
    expect([all.asked, all.found]).toEqual([['a', 'b', 'c'], ['c20']]);
    expect(all.next(0)).toMatchObject({
      done: placeOf('c', 20),
      readTo: undefined,
      last: messagePlace('a10'),
    });
  });

  it('reads no others first if the next messages may be older than those', async () => {
    const position = { done: placeOf('b', 30), readTo: placeOf('c', 20), last: messagePlace('b15') };
    const old = { a: [40], b: [5, 15, 30], c: [20], d: [2] };
    const all = await workThroughDesk(old, { position });
    expect(all).toMatchObject({ asked: ['b'], found: ['b5'], unread: ['c', 'd'] });
    expect(all.next(1)).toMatchObject({ done: placeOf('c', 20), readTo: undefined, last: undefined });
    expect(all.next(0)).toMatchObject({
      done: placeOf('b', 30),
      readTo: placeOf('c', 20),
      last: messagePlace('b15'),
    });
  });

  it.each([
    [21, ['c20', 'a10']],
    [20, ['a10']],
    [19, ['a10']],
  ])('reads others only if they are older than the last message, of %d', async (seconds, found) => {
    const sessions = { a: { updated_at: time(40) }, b: { created_at: time(60) } };
    const position = { readTo: placeOf('c', 20), last: { at: seconds * 1000, sum: 'gone' } };
    const all = await workThroughDesk({ a: [10], b: [60], c: [20] }, { position, sessions });
    expect(all.found).toEqual(found);
    expect(all.unread).toEqual(found.length === 1 ? ['c'] : []);
  });

  it.each([
    [40, 0],
    [41, 1],
  ])(
    'reads others after %d sessions that were read before only if that takes few requests',
    async (count, unread) => {
      const many = Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, [10, 60]]));
      const position = { readTo: placeOf('z', 20), last: { at: 30_000, sum: 'gone' } };
      const all = await workThroughDesk({ ...many, z: [20] }, { position });
      expect(all.unread).toHaveLength(unread);
      expect(all.found).toHaveLength(count + 1 - unread);
    },
  );

  it('does not read sessions again that began after the last message', async () => {
    const sessions = { a: { created_at: time(30) }, b: { created_at: time(29.999) } };
    const position = { readTo: placeOf('c', 20), last: { at: 30_000, sum: 'gone' } };
    const all = await workThroughDesk({ a: [40], b: [35], c: [20] }, { position, sessions });
    expect(all.asked).toEqual(['b', 'c']);
    const whole = await workThroughDesk(
      { a: [40], b: [35], c: [20] },
      { position: { last: position.last }, sessions },
    );
    expect([whole.asked, whole.found, whole.unread]).toEqual([['b', 'c'], ['c20'], []]);
  });

  it('before any message was handed out reads only what was not read', async () => {
    const all = await workThroughDesk(desk, { position: { readTo: placeOf('c', 20) } });
    expect([all.asked, all.found]).toEqual([
      ['a', 'b', 'c'],
      ['a40', 'b30', 'c20', 'b15', 'a10'],
    ]);
  });

  it('counts what is left towards the limit', async () => {
    const position = { readTo: placeOf('c', 20), last: { at: 41_000, sum: 'gone' } };
    const { asked, found, unread, next } = await workThroughDesk(desk, { position, limit: 2 });
    expect([asked, found, unread]).toEqual([['a', 'b'], ['a40', 'b30', 'b15', 'a10'], ['c']]);
    expect(next(2)).toMatchObject({ done: undefined, readTo: placeOf('c', 20), last: messagePlace('b30') });
    const more = await workThroughDesk(desk, { position, limit: 3 });
    expect(more.unread).toEqual([]);
  });
});

describe('an answer that cannot go on', () => {
  const desk = { a: [10, 40], b: [15, 30], c: [20] };
  const position = { done: placeOf('b', 30), readTo: placeOf('c', 20), last: messagePlace('b30') };
  const nothing = { ...{ found: [], handedOutBefore: [], unread: ['c'] }, batch: { passedOver: 0 } };

  it.each([end, undefined])(
    'because the part of the list is short stays where it is: %j',
    async (listEnd) => {
      const all = await workThroughDesk(desk, { position, list: { isShort: true, end: listEnd } });
      expect(all).toMatchObject({ ...nothing, asked: [], sessions: ['a', 'b', 'c'], failed: [], inPart: [] });
      expect(all.batch).toMatchObject({ listGoesOn: listEnd !== undefined, unreadable: 0, stop: undefined });
      expect(all.next(0)).toEqual({ ...all.position, end: listEnd });
      expect(all.batch.positionAfter(0, { ...all.position, failed: 7 })?.failed).toBe(7);
      expect(all.places).toEqual({ a: 40, b: 30, c: 20 });
    },
  );

  it('because a session cannot be read again stays where it is', async () => {
    const all = await workThroughDesk(desk, { position, histories: { b: limited } });
    expect(all).toMatchObject({
      ...nothing,
      asked: ['b'],
      batch: { stop: { why: 'rate_limited', retryAfterSeconds: 7 } },
    });
    expect(all.next(0)).toEqual({ ...all.position, end: undefined });
  });

  it('because not all changed sessions could be read knows the places of those that were', async () => {
    const changed = { a: [10, 101], b: [15, 102], c: [20] };
    const all = await workThroughDesk(changed, { position, histories: { a: limited } });
    expect(all).toMatchObject({ ...nothing, asked: ['a', 'b'], places: { c: 20 } });
    const both = await workThroughDesk(changed, { position, histories: { b: limited } });
    expect(both).toMatchObject({ found: [], places: { a: 10, c: 20 } });
    expect(both.next(0)).toEqual({ ...both.position, end: undefined });
  });
});

describe('a session that changed since the first answer', () => {
  const done = placeOf('b', 30);
  const desk = { a: [20, asOf, 150], b: [30], c: [25], d: [28], e: [asOf] };
  // `c` has an entry that came after the first answer, and no other.
  const histories = { c: { items: [message('c160', 160_000)] } };
  const sessions = { c: { updated_at: time(160) }, e: { created_at: time(90) } };
  const given = { histories, sessions };

  it.each<[string, Partial<FindPosition>, found: string[]]>([
    ['after a session', { done }, ['b30', 'd28']],
    ['before any message', { readTo: done }, ['a100', 'e100', 'b30', 'd28', 'a20']],
    ['after a message', { last: messagePlace('b30') }, ['d28', 'a20']],
  ])('has the place of its last entry before that one: %s', async (_, position, found) => {
    const all = await workThroughDesk(desk, { ...given, position });
    expect(all.asked.slice(0, 2)).toEqual(['a', 'c']);
    expect(all.found).toEqual(found);
    expect(all.places).toEqual({ a: asOf, b: 30, c: Number.NEGATIVE_INFINITY, d: 28, e: asOf });
  });

  it('is not looked into for its place if that is known', async () => {
    const known = { a: 29, c: Number.POSITIVE_INFINITY, x: 5 };
    const { asked, found, places } = await workThroughDesk(desk, { ...given, position: { done }, known });
    expect([asked, found]).toEqual([['b', 'a', 'd'], ['b30', 'd28', 'a100', 'a20'].toSorted(byTime)]);
    expect(places).toEqual({ ...known, b: 30, d: 28, e: asOf });
  });

  it('is left out and named if it could not be looked into', async () => {
    const bad = { a: gone, d: { unreadable: 1, endsEarly: true } };
    const late = { d: { updated_at: time(170) } };
    const all = await workThroughDesk(
      { a: [20, 150], b: [30], d: [28, 170] },
      { position: { done }, histories: bad, sessions: late },
    );
    expect(all).toMatchObject({ failed: ['a'], inPart: ['d'], batch: { unreadable: 1, passedOver: 2 } });
    expect(all.found).toEqual(['b30', 'd28']);
    expect(all.places).toEqual({ b: 30, d: 28 });
    expect(all.asked.filter((id) => id === 'a')).toHaveLength(1);
  });

  it.each<[string, Partial<FindPosition>, found: string[]]>([
    ['after a session', { done }, ['b30']],
    ['after a message', { last: messagePlace('a40'), readTo: done }, ['b30']],
  ])('is handed out no second time if only the first look failed: %s', async (_, position, found) => {
    let calls = 0;
    const once = {
      get a() {
        calls += 1;
        return calls === 1 ? gone : {};
      },
    };
    const all = await workThroughDesk({ a: [40, 150], b: [30] }, { position, histories: once });
    expect(all).toMatchObject({ found, failed: ['a'], places: { b: 30 }, batch: { passedOver: 1 } });
  });

  describe('and was read although its last entry is older than where reading ended', () => {
    const odd = { a: [10, 150], b: [30], c: [20] };
    const [sum, other] = [checksum('a'), checksum('b')];

    it.each<[string, FindPosition['odd'], found: string[]]>([
      ['is done', { done: [sum], read: [] }, ['b30', 'c20']],
      ['is not done if it is another one', { done: [other], read: [sum] }, ['b30', 'c20', 'a10']],
    ])('%s', async (_, odds, found) => {
      const { next, ...all } = await workThroughDesk(odd, { position: { done, odd: odds } });
      expect(all.found).toEqual(found);
      expect(next(1)?.odd).toEqual(odds);
    });

    it.each<[string, FindPosition['odd'], unread: string[]]>([
      ['is read again for its older messages', { done: [], read: [sum] }, ['c']],
      ['is not if it is another one', { done: [], read: [other] }, ['c', 'a']],
    ])('%s', async (_, odds, unread) => {
      const position = { readTo: placeOf('c', 20), last: messagePlace('b30'), odd: odds };
      const all = await workThroughDesk(odd, { position, histories: { c: limited } });
      expect(all.unread).toEqual(unread);
      expect(all.found).toEqual(unread.length === 1 ? ['a10'] : []);
    });
  });
});

describe('the sessions that a position keeps because they are odd', () => {
  const sums = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
  const closed = { a: { updated_at: time(50) } };
  const given = { sessions: closed, histories: { c: limited } };

  it('are at most thirty, and the latest ones of those that are done', async () => {
    const odd = { done: sums('d', 30), read: sums('r', 29) };
    const position = { odd, last: { at: 200_000, sum: 'gone' }, readTo: placeOf('x', 60) };
    const { next } = await workThroughDesk({ a: [10], b: [30], c: [20] }, { ...given, position });
    expect(next(1)?.odd).toEqual({ done: odd.done, read: [...odd.read, checksum('a')] });
    expect(next(2)?.odd).toEqual({ done: [...odd.read, checksum('a')].slice(-30), read: [] });
    const full = { ...position, odd: { done: sums('d', 2), read: sums('r', 30) } };
    const more = await workThroughDesk({ a: [10], b: [30], c: [20] }, { ...given, position: full });
    expect(more.next(1)?.odd).toEqual(full.odd);
  });

  it('are forgotten with their part of the list', async () => {
    const position = { done: placeOf('b', 60), odd: { done: ['1'], read: ['2'] } };
    const { next } = await workThroughDesk({ a: [10] }, { position, list: { end } });
    expect(next(1)).toMatchObject({ page: 'next page', odd: { done: [], read: [] } });
  });
});
