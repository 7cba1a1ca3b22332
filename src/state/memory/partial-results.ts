import { type Clock, systemClock } from '../../time/clock.ts';
import { keptMinutes, type PartialResults } from '../principal/partial-results.ts';

/** Beyond it the oldest are dropped. */
const maxCharacters = 4_000_000;

/** Results that last as long as the process, and at most 15 minutes. */
export function memoryPartialResults(clock: Clock = systemClock): PartialResults {
  const results = new Map<string, { readonly result: string; readonly until: number }>();

  function dropOld() {
    let characters = 0;
    for (const [id, { result, until }] of [...results].reverse()) {
      characters += result.length;
      if (until <= clock.monotonic() || characters > maxCharacters) results.delete(id);
    }
  }

  return {
    async save(result, id = crypto.randomUUID().slice(-12)) {
      results.delete(id);
      results.set(id, { result, until: clock.monotonic() + keptMinutes * 60_000 });
      dropOld();
      return id;
    },
    async load(id) {
      dropOld();
      return results.get(id)?.result;
    },
  };
}
