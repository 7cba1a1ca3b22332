import { expect, it } from 'vitest';
import { memoryPartialResults } from '../../../src/state/memory/partial-results.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

it('a partial result is kept for 15 minutes, by the monotonic clock', async () => {
  const clock = settableClock();
  const results = memoryPartialResults(clock);
  const id = await results.save('one');
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  clock.pass(899_999);
  clock.set(3_600_000);
  expect(await results.load(id)).toBe('one');
  clock.pass(1);
  expect(await results.load(id)).toBeUndefined();
  expect(await results.load('another')).toBeUndefined();
});

it('a partial result that is saved again is kept from then on', async () => {
  const clock = settableClock();
  const results = memoryPartialResults(clock);
  expect(await results.save('one', 'id')).toBe('id');
  clock.pass(600_000);
  await results.save('two', 'id');
  clock.pass(600_000);
  expect(await results.load('id')).toBe('two');
});

it('the oldest partial results are dropped when all are too large', async () => {
  const results = memoryPartialResults(settableClock());
  const half = 'x'.repeat(2_000_000);
  for (const id of ['a', 'b']) await results.save(half, id);
  expect(await results.load('a')).toBe(half);
  await results.save('', 'c');
  await results.save(half, 'a');
  await results.save('x', 'd');
  expect(await Promise.all(['b', 'c', 'a', 'd'].map((id) => results.load(id)))).toEqual([
    undefined,
    '',
    half,
    'x',
  ]);
});
