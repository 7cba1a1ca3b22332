import type { LastReadMarks } from '../last-read.ts';

/** Marks that last as long as the process. */
export function memoryLastRead(): LastReadMarks {
  const marks = new Map<string, string>();
  return {
    get: async (sessionId) => marks.get(sessionId),
    set: async (sessionId, newest) => {
      marks.set(sessionId, newest);
    },
  };
}
