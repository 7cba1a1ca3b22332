import { Deadline, onDeadline } from '../time/deadline.ts';

/** Grace period for a call to finish, and to report its outcome, after its deadline. */
const graceMs = 1000;

/** A call that did not finish after its deadline. It is not waiting for a request: those were aborted. */
export class OverdueError extends Error {
  override readonly name = 'OverdueError';
}

/**
 * Ends a call in time, even if it hangs in something that cannot be aborted, such as a file system.
 * @param abortController aborted at the deadline, as by a timeout.
 * @returns a promise that rejects after the grace period, and a function that clears the timer.
 */
export function callDeadline(
  abortController: AbortController,
  deadline: Deadline,
): { overdue: Promise<never>; release: () => void } {
  let timer: NodeJS.Timeout;
  const overdue = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new OverdueError('The call did not end in time.'));
    const expire = () => {
      timer = setTimeout(giveUp, graceMs);
      abortController.abort(new DOMException('The deadline of the call has passed.', 'TimeoutError'));
    };
    timer = setTimeout(expire, deadline.remainingMs);
  });
  // A call may end without waiting for it.
  overdue.catch(() => {});
  return { overdue, release: () => clearTimeout(timer) };
}

/** Mail whose markup takes longer to read is not waited for. */
const maxPresentMs = 10_000;

/**
 * Limits the time for presenting a result, so that the answer goes out before the deadline of the call.
 * @returns a signal that aborts when that time is over or the call is cancelled, and a function that clears the timer.
 */
export function presentLimit({
  abortController,
  deadline,
}: {
  readonly abortController: AbortController;
  readonly deadline: Deadline;
}): { signal: AbortSignal; release: () => void } {
  const limit = new AbortController();
  const until = deadline.share(0.7).orEarlier(Deadline.after(maxPresentMs));
  const release = onDeadline({ signal: abortController.signal, deadline: until }, (reason) =>
    limit.abort(reason),
  );
  return { signal: limit.signal, release };
}
