import { describe, expect, it } from 'vitest';
import { encodeMembers } from '../../../src/conversations/cursor-codec.ts';
import { checksum } from '../../../src/conversations/listing/checksum.ts';
import {
  decodeHistoryCursor,
  encodeHistoryCursor,
  type HistoryPosition,
} from '../../../src/conversations/reading/history-cursor.ts';

describe('a cursor of a history', () => {
  it.each<HistoryPosition>([
    { start: '50', before: undefined, isOlder: false },
    { start: '50', before: 'm7', isOlder: true },
    { start: 'not a token', before: 'nor "this"', isOlder: false },
  ])('leads back to where it comes from: %j', (position) => {
    const cursor = encodeHistoryCursor('s1', position);
    expect(cursor).toMatch(/^h1\?[\w=&.:+-]+#\w+$/);
    expect(decodeHistoryCursor('S1', cursor, undefined)).toEqual(position);
    expect(decodeHistoryCursor('s1', cursor, position.before)).toEqual(position);
  });

  it('is as short as it can be', () => {
    const start = `h1?s=${checksum('s1')}&p=50`;
    expect(encodeHistoryCursor('s1', { start: '50', isOlder: false }).split('#')[0]).toBe(start);
    expect(encodeHistoryCursor('s1', { start: '50', before: 'm', isOlder: true }).split('#')[0]).toBe(
      `${start}&e=m&o=1`,
    );
  });

  it('of another session or another before is refused', () => {
    const cursor = encodeHistoryCursor('s1', { start: '50', before: 'm7' });
    const another = 'it belongs to another session or another before';
    expect(() => decodeHistoryCursor('s2', cursor, undefined)).toThrow(another);
    expect(() => decodeHistoryCursor('s1', cursor, 'm8')).toThrow(another);
    expect(() => decodeHistoryCursor('s1', encodeHistoryCursor('s1', { start: '50' }), 'm7')).toThrow(
      another,
    );
  });

  const s = checksum('s1');
  it.each([
    ['something else', 'abc'],
    ['without a page', encodeMembers('h1', { s })],
    ['without a session', encodeMembers('h1', { p: '50' })],
    ['with an unknown member', encodeMembers('h1', { s, p: '50', x: '1' })],
    ['with an empty member', encodeMembers('h1', { s, p: '50', e: '' })],
    ['of another version', encodeMembers('h2', { s, p: '50' })],
  ])('that is %s was not made here', (_, cursor) => {
    expect(() => decodeHistoryCursor('s1', cursor, undefined)).toThrow('this is not a cursor of');
  });
});
