import type { LastReadMarks } from '../principal/last-read.ts';

/** Conversations whose marks are kept. Sending into one that was forgotten warns that it was not read. */
const maxMarks = 10_000;

/** Marks that last as long as the process. */
export function memoryLastRead(limit = maxMarks): LastReadMarks {
  const marks = new Map<string, string>();
  return {
    get: async (sessionId) => marks.get(sessionId),
    set: async (sessionId, newest) => {
      marks.delete(sessionId);
      marks.set(sessionId, newest);
      if (marks.size > limit) marks.delete(marks.keys().next().value as string);
    },
  };
}
