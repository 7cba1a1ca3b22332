import type { SessionsClient } from '../client/client.ts';
import type { Session } from '../contract/entities.ts';
import type { PrincipalMemory } from '../state/principal/principal-memory.ts';

/**
 * The same client, which also keeps a principal's memory up to date: it remembers the ticket number and the verified name
 * of every session that it reads, and forgets the history of every session that it writes to, also if the outcome of the
 * write is unknown.
 */
export function rememberingClient(
  client: SessionsClient,
  { histories, seenSessions }: Pick<PrincipalMemory, 'histories' | 'seenSessions'>,
): SessionsClient {
  const remember = (session: Session) => {
    if (Number.isSafeInteger(session.ticket_number))
      seenSessions.addNumber(session.ticket_number, session.id);
    seenSessions.addVerifiedName(session.id, session.contact?.name ?? undefined);
  };
  return {
    ...client,
    async getSession(...wanted) {
      const session = await client.getSession(...wanted);
      remember(session);
      return session;
    },
    async listSessions(...wanted) {
      const page = await client.listSessions(...wanted);
      page.items.forEach(remember);
      return page;
    },
    async *sessionPages(...wanted) {
      for await (const page of client.sessionPages(...wanted)) {
        page.items.forEach(remember);
        yield page;
      }
    },
    sendMessage: (sessionId, ...rest) =>
      client.sendMessage(sessionId, ...rest).finally(() => histories.forget(sessionId)),
    updateSession: (sessionId, ...rest) =>
      client.updateSession(sessionId, ...rest).finally(() => histories.forget(sessionId)),
  };
}
