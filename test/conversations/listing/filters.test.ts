import { describe, expect, it } from 'vitest';
import { apiQuery, givenFilters, hasAge, refuseFuture } from '../../../src/conversations/listing/filters.ts';

const agesFrom = '2026-03-01T12:00:00.000Z';

describe('the filters of a list', () => {
  it('are those that were given', () => {
    const given = givenFilters({ status: undefined, handed_off: false, contact: 'x' });
    expect(Object.entries(given)).toEqual([
      ['handed_off', false],
      ['contact', 'x'],
    ]);
  });

  it('are sent with instants in the place of ages, and without the contact', () => {
    const query = apiQuery(
      { status: 'open', contact: 'x', updated_after: '24h', created_before: '2026-02-01' },
      agesFrom,
    );
    expect(Object.entries(query)).toEqual([
      ['status', 'open'],
      ['updated_after', '2026-02-28T12:00:00.000Z'],
      ['created_before', '2026-02-01T00:00:00.000Z'],
    ]);
  });

  it.each(['created_after', 'created_before', 'updated_after', 'updated_before'] as const)(
    'tell an age in %s from a time',
    (name) => {
      expect(hasAge({ [name]: '24h' })).toBe(true);
      expect(hasAge({ [name]: '2026-02-01' })).toBe(false);
      expect(hasAge({ status: '24h' })).toBe(false);
    },
  );
});

describe.each(['created', 'updated'])('a range of times when sessions were %s', (kind) => {
  const query = (after?: string, before?: string) =>
    apiQuery(
      { ...(after && { [`${kind}_after`]: after }), ...(before && { [`${kind}_before`]: before }) },
      agesFrom,
    );

  it('that is empty is refused', () => {
    const empty = 'the range is empty: it begins at';
    expect(() => query('2026-02-02', '2026-02-01')).toThrow(empty);
    expect(() => query('2026-02-01', '2026-02-01')).toThrow(empty);
    expect(() => query('2026-02-01', '2026-02-01T00:00:00.001Z')).not.toThrow();
    expect(() => query('2026-02-01')).not.toThrow();
    expect(() => query(undefined, '2026-02-01')).not.toThrow();
  });

  it('that begins in the future is refused, if the clocks cannot explain it', () => {
    const refuse = (after?: string, before?: string) => () =>
      refuseFuture(query(after, before), new Date(agesFrom));
    expect(refuse('2026-03-01T12:05:00Z')).not.toThrow();
    expect(refuse('2026-03-01T12:05:00.001Z')).toThrow(
      'the range is empty: 2026-03-01T12:05:00.001Z is in the future, it is now 2026-03-01T12:00:00.000Z',
    );
    expect(refuse(undefined, '2027-01-01')).not.toThrow();
  });
});
