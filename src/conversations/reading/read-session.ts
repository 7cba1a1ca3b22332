import type { Session } from '../../contract/entities.ts';
import type { Context } from '../context.ts';
import { type HistoryWindow, readingDeadline, readNewestMessages } from './newest-messages.ts';
import { historyPages } from './read-history.ts';

/**
 * Reads a session and, at the same time, its newest messages.
 * @param newest how many messages; 0 for none.
 */
export async function readSession(
  sessionId: string,
  newest: number,
  context: Context,
): Promise<{ session: Session; window: HistoryWindow | undefined }> {
  const { client, call, now } = context;
  const fetched = context.fetched?.id === sessionId ? context.fetched : undefined;
  if (newest === 0) {
    return { session: fetched ?? (await client.getSession(sessionId, call)), window: undefined };
  }
  const abortController = new AbortController();
  const cancel = () => abortController.abort(call.signal.reason);
  if (call.signal.aborted) cancel();
  call.signal.addEventListener('abort', cancel);
  const options = { ...call, signal: abortController.signal };
  const deadline = readingDeadline(context);
  const wanted = { limit: newest, includeEvents: false, now, deadline };
  try {
    const [session, window] = await Promise.all([
      fetched ?? client.getSession(sessionId, options),
      readNewestMessages(historyPages(sessionId, { deadline }, { ...context, call: options }), wanted),
    ]);
    return { session, window };
  } catch (error) {
    // If one of the two fails, end the other: a history may have many pages.
    abortController.abort();
    throw error;
  } finally {
    call.signal.removeEventListener('abort', cancel);
  }
}
