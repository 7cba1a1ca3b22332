import { describe, expect, it } from 'vitest';
import { TimeoutError } from '../../../../src/client/errors.ts';
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

const late = new TimeoutError('Late.', { mayHaveArrived: true });

describe('the messages of a part of the list', () => {
  it('are those between since and until, both excluded', async () => {
    const position = { since: { at: 10_000, handedOut: [] }, until: 20_000 };
    const { found } = await workThroughDesk({ a: [9, 10, 10.001, 15, 19.999, 20, 21] }, { position });
    expect(found).toEqual(['a19.999', 'a15', 'a10.001']);
  });

  it('have no end in the first answer, and end with the moment of that one in later ones', async () => {
    const desk = { a: [50, asOf - 0.001, asOf, asOf + 0.001, 150] };
    expect((await workThroughDesk(desk)).found).toHaveLength(5);
    const last = messagePlace('a150');
    const later = await workThroughDesk(desk, { position: { last } });
    expect(later.found).toEqual(['a100', 'a99.999', 'a50']);
    const { found } = await workThroughDesk(desk, { position: { last, until: 99_999 } });
    expect(found).toEqual(['a50']);
  });

  it('are not of sessions that began at the end or later', async () => {
    const sessions = {
      a: { created_at: time(19.999) },
      b: { created_at: time(20) },
      c: { created_at: 'soon' },
    };
    const given = { position: { until: 20_000 }, sessions };
    const { asked, ...all } = await workThroughDesk({ a: [30], b: [31], c: [10, 32] }, given);
    expect(all).toMatchObject({ sessions: ['a', 'c'], found: ['c10'], unread: [] });
    expect(asked).toEqual(['c', 'a']);
  });

  it('are those that pass the filters', async () => {
    const position = { filters: { contains: 'a20' } };
    const all = await workThroughDesk({ a: [10, 20, 30], b: [20] }, { position });
    expect(all).toMatchObject({ found: ['a20'], handedOutBefore: [], unread: [] });
  });

  it('are told apart from those that were handed out to an earlier question', async () => {
    const since = { at: 10_000, handedOut: [messagePlace('a20').sum, messagePlace('a9').sum] };
    const { found, handedOutBefore } = await workThroughDesk({ a: [9, 20, 30] }, { position: { since } });
    expect([found, handedOutBefore]).toEqual([['a30'], ['a20']]);
  });

  it('are read by the time of the last change, and are newest first', async () => {
    const { asked, found } = await workThroughDesk({ a: [10, 20], b: [5, 40], c: [30] });
    expect(asked).toEqual(['b', 'c', 'a']);
    expect(found).toEqual(['b40', 'c30', 'a20', 'a10', 'b5']);
  });

  it('are counted with what could not be read', async () => {
    const timeless = { created_at: 'yesterday', event: { type: 'message' } };
    const histories = { a: { unreadable: 2 }, b: { items: [timeless] }, c: gone, d: { endsEarly: true } };
    const all = await workThroughDesk({ a: [40], b: [30], c: [20], d: [10, 11] }, { histories });
    expect(all).toMatchObject({ found: ['a40', 'd11', 'd10'], failed: ['c'], inPart: ['d'], unread: [] });
    // Of an API that lists oldest first, the newest ones are missing.
    expect(all.batch).toMatchObject({ unreadable: 3, passedOver: 2, stop: undefined });
    expect(all.places).toEqual({ a: 40, b: 30, c: 20, d: 11 });
  });

  it.each([
    [limited, { why: 'rate_limited', retryAfterSeconds: 7 }],
    [late, { why: 'time' }],
  ])('end before a session that was not read: %s', async (error, stop) => {
    const all = await workThroughDesk({ a: [40], b: [30], c: [20] }, { histories: { b: error } });
    // What was read of `c` is left for the next answer.
    expect(all).toMatchObject({ found: ['a40'], unread: ['b', 'c'], failed: [] });
    expect(all.batch).toMatchObject({ stop, passedOver: 0 });
    expect(all.next(1)).toMatchObject({ done: placeOf('b', 30) });
  });
});

describe('the limit', () => {
  // Eight are read at once. `a` and the next seven are under way before anything is found.
  const desk = (seconds: number[], last: number) => ({
    ...{ a: seconds, b: [60], c: [59], d: [58], e: [57], f: [56], g: [55], h: [54], i: [last] },
  });

  it('ends the reading when so many messages are newer than the next session', async () => {
    const enough = await workThroughDesk(desk([61, 62, 63], 50), { limit: 3 });
    expect(enough).toMatchObject({ unread: ['i'], batch: { stop: { why: 'enough' } } });
    expect(enough.found.slice(0, 4)).toEqual(['a63', 'a62', 'a61', 'b60']);
    const more = await workThroughDesk(desk([61, 62, 63], 50), { limit: 20 });
    expect(more).toMatchObject({ unread: [], batch: { stop: undefined } });
  });

  it.each([
    [49, []],
    [50, []],
    [50.001, ['i']],
  ])('does not count messages that the next session may be newer than: %d', async (seconds, unread) => {
    const ids = [...'abcdefgh'];
    const changed = Object.fromEntries(ids.map((id) => [id, { updated_at: time(60) }]));
    const all = Object.fromEntries(ids.map((id) => [id, [seconds]]));
    const given = { limit: 1, sessions: changed };
    expect((await workThroughDesk({ ...all, i: [50] }, given)).unread).toEqual(unread);
  });
});

describe('the position after an answer', () => {
  const desk = { a: [10, 40], b: [30], c: [20] };
  const cut = { histories: { c: limited } };

  it('is the end if everything was handed out', async () => {
    const { next, batch } = await workThroughDesk(desk);
    expect(next(4)).toBeUndefined();
    expect(batch.listGoesOn).toBe(false);
  });

  it('is the last message that was handed out, and where reading ended', async () => {
    const { next, position } = await workThroughDesk(desk, cut);
    const common = { ...position, end: undefined, done: undefined, readTo: placeOf('c', 20) };
    expect(next(0)).toEqual({ ...common, last: undefined });
    expect(next(1)).toEqual({ ...common, last: messagePlace('a40') });
    expect(next(2)).toEqual({ ...common, last: messagePlace('b30') });
    const whole = await workThroughDesk(desk, { list: { end } });
    expect(whole.next(1)).toEqual({ ...common, end, readTo: undefined, last: messagePlace('a40') });
  });

  it('is the next session if all messages up to it were handed out', async () => {
    const { next, position, batch } = await workThroughDesk(desk, { ...cut, list: { end } });
    expect(next(3)).toEqual({
      ...position,
      end,
      done: placeOf('c', 20),
      readTo: undefined,
      last: undefined,
    });
    expect(batch.listGoesOn).toBe(true);
  });

  it('is the next part of the list if this one is done', async () => {
    const { next, position } = await workThroughDesk(desk, { list: { end } });
    expect(next(4)).toStrictEqual({
      ...{ ...position, page: 'next page', places: undefined, end: undefined },
      ...{ done: undefined, readTo: undefined, last: undefined, sessionsBefore: 6 },
    });
  });
});

describe('a session that was read although its last entry is older than where reading ended', () => {
  // `a` was closed at 50.
  const closed = { a: { updated_at: time(50) } };

  it('is kept in the position, unless it had no messages', async () => {
    const given = { sessions: closed, histories: { c: limited } };
    const { next } = await workThroughDesk({ a: [10], b: [30], c: [20] }, given);
    expect(next(1)?.odd).toEqual({ done: [], read: [checksum('a')] });
    expect(next(2)?.odd).toEqual({ done: [checksum('a')], read: [] });
    const none = await workThroughDesk(
      { a: [10], b: [30], c: [20] },
      { ...given, histories: { a: { items: [] }, c: limited } },
    );
    expect(none.next(0)?.odd).toEqual({ done: [], read: [] });
    const whole = await workThroughDesk({ a: [10], b: [30], c: [20] }, { sessions: closed, list: { end } });
    expect(whole.next(1)?.odd).toEqual({ done: [], read: [] });
    expect(whole.next(3)?.odd).toEqual({ done: [], read: [] });
  });

  it('counts with what it had at the moment of the first answer', async () => {
    const given = { histories: { c: limited } };
    const { next } = await workThroughDesk({ a: [10, asOf + 1], b: [30, asOf], c: [20] }, given);
    expect(next(1)?.odd.read).toEqual([checksum('a')]);
  });
});
