import { expect, it } from 'vitest';
import { memorySeenSessions } from '../../../src/state/memory/seen-sessions.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

it('a verified name is known for 15 minutes after it was seen, or until it is gone', () => {
  const clock = settableClock();
  const seen = memorySeenSessions(2, clock);
  seen.addVerifiedName('a', 'Ada');
  clock.pass(900_000);
  expect(seen.verifiedNameOf('a')).toBe('Ada');
  clock.pass(1);
  expect(seen.verifiedNameOf('a')).toBeUndefined();
  for (const id of ['a', 'b', 'c']) seen.addVerifiedName(id, id);
  expect(['a', 'b', 'c'].map((id) => seen.verifiedNameOf(id))).toEqual([undefined, 'b', 'c']);
  seen.addVerifiedName('d', undefined);
  expect(seen.verifiedNameOf('b')).toBe('b');
  seen.addVerifiedName('b', undefined);
  expect(seen.verifiedNameOf('b')).toBeUndefined();
});

it('the sessions of a number that were not seen for longest are forgotten', () => {
  const seen = memorySeenSessions(2);
  for (const number of [1, 2, 1, 3]) seen.addNumber(number, `s${number}`);
  expect([1, 2, 3].map((number) => seen.idsOf(number))).toEqual([['s1'], [], ['s3']]);
  for (const id of ['x', 'y', 'z']) seen.addNumber(3, id);
  expect(seen.idsOf(3)).toEqual(['s3', 'x', 'y']);
  seen.forgetNumber(3);
  expect(seen.idsOf(3)).toEqual([]);
});
