import { expect, it } from 'vitest';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { SharedBound } from '../../../src/state/memory/shared-bound.ts';
import { message } from '../../support/fakes/fakes.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

it('the memories of two principals share only what their histories may take together', async () => {
  const clock = settableClock();
  const shared = new SharedBound(100);
  const [ann, ben] = [newMemory(clock, shared), newMemory(clock, shared)];
  const history = {
    pages: [{ items: [message('m', 0)], cursor: undefined, characters: 60 }],
    updatedAt: undefined,
    readAt: clock.monotonic(),
  };
  ann.histories.read('s1').remember(history);
  await ann.lastRead.set('s1', 't1');
  ann.seenSessions.addNumber(7, 's1');
  const id = await ann.partialResults.save('result');
  expect(ann.histories.read('s1').known).toMatchObject(history);
  expect(ben.histories.read('s1').known).toBeUndefined();
  expect(await ben.lastRead.get('s1')).toBeUndefined();
  expect(ben.seenSessions.idsOf(7)).toEqual([]);
  expect(await ben.partialResults.load(id)).toBeUndefined();
  ben.histories.read('s2').remember(history);
  expect(ann.histories.read('s1').known).toBeUndefined();
  expect(await ann.lastRead.get('s1')).toBe('t1');
  expect(ann.seenSessions.idsOf(7)).toEqual(['s1']);
  expect(await ann.partialResults.load(id)).toBe('result');
});
