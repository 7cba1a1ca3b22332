import { describe, expect, it } from 'vitest';
import {
  comparePlaces,
  foundMessage,
  after as messagesAfter,
  newestFirst,
  placeOfCreation,
  placeOfSession,
} from '../../../../src/conversations/analysis/messages/find-order.ts';
import { checksum } from '../../../../src/conversations/listing/checksum.ts';
import { message, session } from '../../../support/fakes/fakes.ts';

describe('the order of what was found', () => {
  it('of places is newest first, and by checksum at the same time', () => {
    const places = [
      { at: 1, sum: 'b' },
      { at: 2, sum: 'a' },
      { at: Number.POSITIVE_INFINITY, sum: 'z' },
      { at: 1, sum: 'a' },
    ];
    expect(places.toSorted(comparePlaces).map(({ at, sum }) => `${at}${sum}`)).toEqual([
      'Infinityz',
      '2a',
      '1a',
      '1b',
    ]);
    expect(comparePlaces({ at: 1, sum: 'a' }, { at: 1, sum: 'a' })).toBe(0);
    expect(comparePlaces({ at: 1, sum: 'b' }, { at: 1, sum: 'a' })).toBe(1);
  });

  it('of a session is by its change or its creation, and first if that cannot be read', () => {
    const one = session('s1', { created_at: '2026-02-01T00:00:00Z', updated_at: 'yesterday' });
    expect(placeOfSession(one)).toEqual({ at: Number.POSITIVE_INFINITY, sum: checksum('s1') });
    expect(placeOfCreation(one)).toEqual({ at: Date.UTC(2026, 1, 1), sum: checksum('s1') });
  });

  const history = [message('m1', 1000), message('m2', 2000), message('m3', 2000)];
  const of = (id: string) => history.flatMap((_, n) => foundMessage(session(id), history, n) ?? []);
  const names = (found: ReturnType<typeof of>) => found.map((one) => `${one.session.id} ${one.item.id}`);

  it('of messages is newest first, and by session and history at the same time', () => {
    const [a, b] = [of('a'), of('b')];
    const sorted = newestFirst([...b, ...a]);
    expect(names(sorted)).toEqual(['a m3', 'a m2', 'b m3', 'b m2', 'a m1', 'b m1']);
    expect(names(newestFirst([...a, ...b]))).toEqual(names(sorted));
    expect(foundMessage(session('a'), history, 3)).toBeUndefined();
    const [first, second] = [message(undefined, 1), message(undefined, 2)];
    const unnamed = [0, 1].map((n) => foundMessage(session('a'), [first, second], n)?.place.sum);
    expect(new Set(unnamed).size).toBe(2);
  });

  it('goes on after a message, or after its time if it is gone', () => {
    const sorted = newestFirst(of('a'));
    expect(names(messagesAfter(sorted, undefined))).toEqual(names(sorted));
    expect(names(messagesAfter(sorted, sorted[0]?.place))).toEqual(['a m2', 'a m1']);
    expect(names(messagesAfter(sorted, { at: 2000, sum: 'gone' }))).toEqual(['a m1']);
    expect(names(messagesAfter(sorted, { at: 1000, sum: 'gone' }))).toEqual([]);
    const other = sorted[1]?.place.sum ?? '';
    expect(names(messagesAfter(sorted, { at: 1500, sum: other }))).toEqual(['a m1']);
  });
});
