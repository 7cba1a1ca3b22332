import type { Session } from '../../contract/entities.ts';
import type { Context } from '../context.ts';

/** Part of the call's time kept for answering. */
const reserveMs = 500;

/** Longer is not waited for: the write is done, and its answer is due. */
const maxReadMs = 3_000;

/**
 * Reads the session that a write changed, to tell what became of it. Called after the outcome of the write is known and
 * recorded: nothing that happens here changes that.
 * @returns undefined if it could not be read, also when the call is cancelled.
 */
export async function readAfterWrite(
  sessionId: string,
  { client, call }: Pick<Context, 'client' | 'call'>,
): Promise<Session | undefined> {
  const limit = call.deadline.earlierBy(reserveMs);
  const deadline = limit.allows(maxReadMs) ? limit.earlierBy(limit.remainingMs - maxReadMs) : limit;
  if (deadline.hasPassed) return undefined;
  try {
    return await client.getSession(sessionId, { ...call, deadline });
  } catch {
    return undefined;
  }
}
