import { describe, expect, it } from 'vitest';
import {
  decodeFindCursor,
  encodeFindCursor,
  type FindPosition,
} from '../../../../src/conversations/analysis/messages/find-cursor.ts';
import { encodeMembers } from '../../../../src/conversations/cursor-codec.ts';

describe('a cursor of find_messages', () => {
  const smallest: FindPosition = {
    ...{ account: undefined, filters: {}, since: { at: 5, handedOut: [] } },
    ...{ until: undefined, asOf: undefined, nextSince: undefined, page: undefined, end: undefined },
    ...{ done: undefined, readTo: undefined, last: undefined, places: undefined },
    ...{ odd: { done: [], read: [] }, sessionsBefore: 0, failed: 0 },
  };
  const today = Date.UTC(2026, 0, 31);
  const filters = {
    ...{ status: 'open', channel_type: 'email', handed_off: false, contact: 'Ada Lovelace', from: 'agent' },
    ...{ contains: '"blue lid"', has_attachment: true, include_events: false },
  };
  const whole: FindPosition = {
    account: 'one',
    filters,
    since: { at: 5, handedOut: ['1a', '2b'] },
    until: -7,
    asOf: 8,
    nextSince: { at: 9, handedOut: ['3c'] },
    page: 'a page',
    end: { session: { at: Number.POSITIVE_INFINITY, sum: '4d' }, nextPage: 'another page' },
    done: { at: -1, sum: '5e' },
    readTo: { at: 2, sum: '6f' },
    last: { at: 3, sum: '7g' },
    odd: { done: ['8h', '9i'], read: ['aj'] },
    sessionsBefore: 1,
    failed: 2,
    places: '0123456789ab',
  };

  it.each<[string, FindPosition]>([
    ['first', smallest],
    ['last', whole],
    ['next', { ...smallest, asOf: 8, nextSince: { at: 8, handedOut: [] }, page: 'p1' }],
    ['next with messages', { ...smallest, asOf: 8, nextSince: { at: 8, handedOut: ['1a'] } }],
    ['recent', { ...smallest, since: { at: today, handedOut: ['1a'] }, done: { at: today, sum: 'a' } }],
    ['part', { ...smallest, end: { session: { at: 1, sum: 'a' }, nextPage: 'p2' } }],
  ])('leads back to where it comes from: the %s position', (_, position) => {
    const cursor = encodeFindCursor(position);
    expect(decodeFindCursor(cursor, {}, position.account)).toStrictEqual(position);
    expect(decodeFindCursor(cursor, position.filters, position.account)).toStrictEqual(position);
  });

  it('is as short as it can be', () => {
    expect(encodeFindCursor(smallest)).toMatch(/^f1\?t=5#\w+$/);
    const next = { ...smallest, asOf: 8, nextSince: { at: 8, handedOut: [] } };
    expect(encodeFindCursor(next)).toMatch(/^f1\?t=5&n=8#\w+$/);
    const since = { at: 5, handedOut: Array.from({ length: 51 }, () => 'a') };
    expect(decodeFindCursor(encodeFindCursor({ ...smallest, since }), {}).since.handedOut).toHaveLength(50);
  });

  it('of other filters or another account is refused', () => {
    const cursor = encodeFindCursor(whole);
    expect(() => decodeFindCursor(cursor, { status: 'closed' }, 'one')).toThrow('(status differs)');
    expect(() => decodeFindCursor(encodeFindCursor(smallest), { handed_off: false })).toThrow(
      '(handed_off differs)',
    );
    expect(decodeFindCursor(cursor, { status: undefined as never }, 'one')).toEqual(whole);
    expect(() => decodeFindCursor(cursor, {}, 'two')).toThrow('this is not a cursor of find_messages');
  });

  it.each([
    { s: 'open' },
    { t: 'x' },
    { t: '5', g: '1.a' },
    { t: '5', i: 'p' },
    { t: '5', x1: '1' },
    { t: '5', q: '-1' },
    { t: '5', q: '1.5' },
    { t: '5', z: '1000001' },
    { t: '5', u: '1.5' },
    { t: '5', n: '1.5' },
    { t: '5', d: '1' },
    { t: '5', d: '1.A' },
    { t: '5', d: 'x1.a' },
    { t: '5', m: '1.a.b' },
    { t: '5', od: '' },
    { t: '5', od: 'a..b' },
    { t: '5', or: 'A' },
    { t: '5', y: '0123456789a' },
    { t: '5', y: '0123456789abc' },
    { t: '5', p: '' },
    { t: '5.' },
    { t: 'x5' },
  ])('with %j was not made here', (members) => {
    expect(() => decodeFindCursor(encodeMembers('f1', members as never), {})).toThrow('this is not a cursor');
  });
});
