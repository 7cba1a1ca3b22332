import type { Session } from '../../contract/entities.ts';
import type { HistoryWindow } from '../../presenters/transcript.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { readWindow, softDeadline } from './newest-messages.ts';

/**
 * A session and, at the same time, the newest messages of its history.
 * @param newest how many messages; 0 for none.
 */
export async function readSession(
  sessionId: string,
  newest: number,
  { client, call, now }: ToolContext,
): Promise<{ session: Session; window: HistoryWindow | undefined }> {
  if (newest === 0) return { session: await client.getSession(sessionId, call), window: undefined };
  const stop = new AbortController();
  const cancel = () => stop.abort(call.signal.reason);
  if (call.signal.aborted) cancel();
  call.signal.addEventListener('abort', cancel);
  const both = { ...call, signal: stop.signal };
  const wanted = { limit: newest, includeEvents: false, now, until: softDeadline(call) };
  try {
    const [session, window] = await Promise.all([
      client.getSession(sessionId, both),
      readWindow(client.historyPages(sessionId, both), wanted),
    ]);
    return { session, window };
  } catch (error) {
    // Whichever of the two failed ends the other: a history has many pages.
    stop.abort();
    throw error;
  } finally {
    call.signal.removeEventListener('abort', cancel);
  }
}
