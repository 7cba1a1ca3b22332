import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../../src/conversations/errors.ts';
import { checksum } from '../../../src/conversations/listing/checksum.ts';
import { decodeCursor, encodeCursor, type ListPosition } from '../../../src/conversations/listing/cursor.ts';

const position: ListPosition = {
  filters: { status: 'open', handed_off: false, created_after: '24h' },
  agesFrom: '2026-03-01T12:00:00.000Z',
  page: 'eyJpZCI6MX0',
  after: { passed: ['k2x0', '1a'], created: { at: 1_772_366_400_000, newestFirst: true } },
};

/** What stands in the cursor of `position`, as we write it. */
const content = 's=open&h=false&ca=24h&t=1772366400000&p=eyJpZCI6MX0&m=k2x0.1a&mt=1772366400000';

/** A cursor as we make them, around any content. */
const forged = (inside: string, start = 's3?') => `${start}${inside}#${checksum(inside)}`;
const without = (member: RegExp) => content.replace(member, '').replace('&&', '&');

describe('a cursor', () => {
  it('brings back where it was made', () => {
    expect(decodeCursor(encodeCursor(position), {})).toEqual(position);
    expect(encodeCursor(position)).toBe(forged(content));
    const every = {
      status: 'closed_resolved',
      channel_type: 'email',
      handed_off: true,
      created_after: '2w',
      created_before: '1h',
      updated_after: '2026-01-01',
      updated_before: '2026-02-01T10:00:00Z',
    };
    const { filters: _, ...rest } = position;
    const oldestFirst = { ...position.after, created: { at: 5, newestFirst: false } };
    for (const one of [
      { filters: {} },
      { filters: every, agesFrom: position.agesFrom ?? '' },
      { filters: { status: 'open' }, page: 'a/b+c==' },
      { filters: {}, page: 'a.b' },
      { filters: {}, after: { passed: ['0'] } },
      { ...rest, filters: every, after: oldestFirst },
    ] as ListPosition[]) {
      expect(decodeCursor(encodeCursor(one), {})).toEqual(one);
    }
  });

  it('keeps the time of the call only for ages', () => {
    const agesFrom = position.agesFrom ?? '';
    for (const filters of [{ status: 'open' }, { created_after: '2026-01-01' }]) {
      expect(decodeCursor(encodeCursor({ filters, agesFrom }), {})).toEqual({ filters });
    }
  });

  it('is short', () => {
    const passed = ['zzzzzzz', 'zzzzzzz', 'zzzzzzz', 'zzzzzzz'];
    const after = { passed, created: { at: 1_772_366_400_000, newestFirst: true } };
    const filters = { status: 'open', handed_off: true };
    expect(encodeCursor({ filters, agesFrom: position.agesFrom ?? '', after }).length).toBeLessThan(130);
    expect(encodeCursor({ ...position, filters, after, page: 'x'.repeat(80) }).length).toBeLessThan(220);
  });

  it('is one word that survives being copied', () => {
    for (const page of [position.page ?? '', 'a/b+c==', 'a b\n.']) {
      expect(encodeCursor({ ...position, page })).toMatch(/^s3\?[\w.&=%+-]+#[0-9a-z]+$/);
    }
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
    ['the version before', 's2..eyJmIjp7InMiOiJvcGVuIn19'],
    ['another version', forged(content, 's4?')],
    ['no version', forged(content, '')],
    ['only a version', 's3?'],
    ['without a checksum', `s3?${content}`],
    ['a cut one', encodeCursor(position).slice(0, -9)],
    ['one with a wrong letter', encodeCursor(position).replace('open', 'opem')],
    ['an age without its time', forged(without(/t=\d+/))],
    ['a time that is none', forged(content.replace(/&t=\d+/, '&t=now'))],
    ['a time beyond all', forged(content.replace(/&t=\d+/, '&t=9000000000000000'))],
    ['a filter that we do not know', forged(`${content}&limit=1`)],
    ['a filter time that is none', forged(content.replace('24h', 'junk'))],
    ['marks that are none', forged(content.replace('k2x0.1a', 'k2x0,1a'))],
    ['no marks', forged(without(/m=k2x0.1a/))],
    ['two pages', forged(`${content}&p=other`)],
    ['a key more', forged(`${content}&url=https://evil.example`)],
  ])('is refused when it is %s', (_, cursor) => {
    const decode = () => decodeCursor(cursor, {});
    expect(decode).toThrow(ArgumentError);
    expect(decode).toThrow('not a cursor of list_sessions');
  });
});
