import { expect, it } from 'vitest';
import { memoryLastRead } from '../../../src/state/memory/last-read.ts';
import type { LastReadMarks } from '../../../src/state/principal/last-read.ts';
import { describeLastRead } from '../../support/state/last-read-contract.ts';

describeLastRead('last-read marks in memory', () => {
  // A principal holds its own marks; nothing else refers to them.
  const principals = new Map<string, LastReadMarks>();
  return (principal) => {
    const marks = principals.get(principal) ?? memoryLastRead();
    principals.set(principal, marks);
    return marks;
  };
});

it('the mark that was set longest ago is forgotten when there are too many', async () => {
  const marks = memoryLastRead(2);
  for (const [id, time] of [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
    ['c', '4'],
  ] as const)
    await marks.set(id, time);
  expect(await Promise.all(['a', 'b', 'c'].map((id) => marks.get(id)))).toEqual(['3', undefined, '4']);
});

it('two instances of last-read marks in memory share nothing', async () => {
  const [one, other] = [memoryLastRead(), memoryLastRead()];
  await one.set('session-1', '2026-03-01T12:00:00.000Z');
  expect(await other.get('session-1')).toBeUndefined();
});
