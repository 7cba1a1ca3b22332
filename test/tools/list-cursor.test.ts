import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/tools/errors.ts';
import { decodeCursor, encodeCursor, type ListPosition } from '../../src/tools/list-cursor.ts';

const position: ListPosition = {
  filters: { status: 'open', handed_off: false, created_after: '24h' },
  agesFrom: '2026-03-01T12:00:00.000Z',
  page: 'a/b+c==',
  after: 's1',
};

/** A cursor as we make them, around any content. */
const forged = (content: unknown, version = 's1.') =>
  version +
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');

describe('a cursor', () => {
  it('brings back where it was made', () => {
    expect(decodeCursor(encodeCursor(position), {})).toEqual(position);
    const start = { filters: {}, agesFrom: position.agesFrom };
    expect(decodeCursor(encodeCursor(start), {})).toEqual(start);
  });

  it('is one word that survives being copied', () => {
    expect(encodeCursor(position)).toMatch(/^[\w.-]+$/);
  });

  it('may come with the same filters, or with some of them', () => {
    expect(decodeCursor(encodeCursor(position), position.filters)).toEqual(position);
    expect(decodeCursor(encodeCursor(position), { handed_off: false })).toEqual(position);
  });

  it.each([
    ['another value', { status: 'closed_resolved' }, 'status'],
    ['the opposite', { handed_off: true }, 'handed_off'],
    ['the same time in other words', { created_after: '1d' }, 'created_after'],
    ['a filter more', { status: 'open', channel_type: 'web' }, 'channel_type'],
  ])('is refused with other filters, which are named: %s', (_, given, name) => {
    const decode = () => decodeCursor(encodeCursor(position), given);
    expect(decode).toThrow(ArgumentError);
    expect(decode).toThrow(`other filters (${name} differs)`);
  });

  it.each([
    ['nothing', ''],
    ['a cursor of the API', 'eyJpZCI6MX0='],
    ['another version', forged(position, 's2.')],
    ['no version', forged(position, '')],
    ['only a version', 's1.'],
    ['no base64', 's1.%%%%'],
    ['a cut one', encodeCursor(position).slice(0, -4)],
    ['no JSON', forged('hello')],
    ['another type', forged([position])],
    ['null', forged('null')],
    ['no filters', forged({ agesFrom: position.agesFrom })],
    ['no time', forged({ filters: {} })],
    ['a time that is none', forged({ ...position, agesFrom: 'now' })],
    ['a filter that we do not know', forged({ ...position, filters: { limit: 1 } })],
    ['a filter of another type', forged({ ...position, filters: { handed_off: 'yes' } })],
    ['a filter time that is none', forged({ ...position, filters: { created_after: 'junk' } })],
    ['a key more', forged({ ...position, url: 'https://evil.example' })],
  ])('is refused when it is %s', (_, cursor) => {
    const decode = () => decodeCursor(cursor, {});
    expect(decode).toThrow(ArgumentError);
    expect(decode).toThrow('no cursor of list_sessions');
  });
});
