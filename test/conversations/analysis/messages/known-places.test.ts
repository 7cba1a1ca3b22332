import { describe, expect, it } from 'vitest';
import { loadPlaces, savePlaces } from '../../../../src/conversations/analysis/messages/known-places.ts';
import { newMemory } from '../../../../src/state/memory/principal-memory.ts';

describe('the places of sessions', () => {
  it('are loaded as they were saved, for the same page', async () => {
    const { partialResults } = newMemory();
    const places = new Map([
      ['a', 1],
      ['b', Number.POSITIVE_INFINITY],
    ]);
    const id = await savePlaces(places, 'p1', undefined, partialResults);
    expect(await loadPlaces(id, 'p1', partialResults)).toEqual(places);
    expect(await loadPlaces(id, 'p2', partialResults)).toEqual(new Map());
    expect(await loadPlaces(id, undefined, partialResults)).toEqual(new Map());
    expect(await loadPlaces(undefined, 'p1', partialResults)).toEqual(new Map());
    expect(await loadPlaces('000000000000', 'p1', partialResults)).toEqual(new Map());
    const first = await savePlaces(places, undefined, undefined, partialResults);
    expect(await loadPlaces(first, undefined, partialResults)).toEqual(places);
    expect(await savePlaces(new Map(), 'p1', id, partialResults)).toBe(id);
    expect(await loadPlaces(id, 'p1', partialResults)).toEqual(new Map());
    const odd = await partialResults.save('{"page":1}');
    expect(await loadPlaces(odd, '', partialResults)).toEqual(new Map());
  });
});
