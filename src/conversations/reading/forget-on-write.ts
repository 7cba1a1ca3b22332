import type { SessionsClient } from '../../client/client.ts';
import type { HistoryMemory } from '../../state/history-memory.ts';

/** The client, which forgets the history of every session that it writes to, also if the outcome of the write is unknown. */
export function forgetOnWrite(client: SessionsClient, histories: HistoryMemory): SessionsClient {
  return {
    ...client,
    sendMessage: (sessionId, ...rest) =>
      client.sendMessage(sessionId, ...rest).finally(() => histories.forget(sessionId)),
    updateSession: (sessionId, ...rest) =>
      client.updateSession(sessionId, ...rest).finally(() => histories.forget(sessionId)),
  };
}
