/** What is under way at the end of a call's time has so long to come to its own end, and to say what became of it. */
const graceMs = 1000;

/** A call that did not end with its time; whatever it waits for is no request, since those were aborted. */
class OverdueError extends Error {
  override readonly name = 'OverdueError';
  readonly kind = 'overdue';
  readonly mayHaveArrived = true;
}

/**
 * The time of one call, by a clock that nobody sets: deadlines are moments of the wall clock, which may be set back.
 * @param ending aborted, as by a timeout, when the time is over.
 * @returns what rejects when a call goes on for all that, as on a file system that hangs; and what lets go of the timer.
 */
export function callTime(
  ending: AbortController,
  ms: number,
): { overdue: Promise<never>; release: () => void } {
  let timer: NodeJS.Timeout;
  const overdue = new Promise<never>((_, reject) => {
    const end = () => reject(new OverdueError('The call did not end in time.'));
    const late = () => {
      timer = setTimeout(end, graceMs);
      ending.abort(new DOMException('The time of the call is over.', 'TimeoutError'));
    };
    timer = setTimeout(late, ms);
  });
  return { overdue, release: () => clearTimeout(timer) };
}
