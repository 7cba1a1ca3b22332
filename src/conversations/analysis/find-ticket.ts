import { NotFoundError } from '../../client/errors.ts';
import type { Session } from '../../contract/entities.ts';
import type { Context } from '../context.ts';
import type { TicketSearch } from './search-by-number.ts';

export type { TicketSearch };

/**
 * Finds the session with a ticket number. The API has no such request. A number that was seen before takes one request,
 * which checks that it is still right; any other is searched for in the list of sessions.
 * @throws OpenCxError if a request fails.
 */
export async function findTicket(
  ticketNumber: number,
  { client, call, seenSessions }: Pick<Context, 'client' | 'call' | 'seenSessions'>,
): Promise<TicketSearch> {
  const known = await Promise.all(
    seenSessions.idsOf(ticketNumber).map(async (id) => {
      try {
        return await client.getSession(id, call);
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    }),
  );
  const sessions = known.filter((session): session is Session => session?.ticket_number === ticketNumber);
  const [session] = sessions;
  if (session && sessions.length === 1) return { outcome: 'found', session, isFetched: true };
  if (sessions.length > 1) return { outcome: 'several', sessions };
  seenSessions.forgetNumber(ticketNumber);
  const { searchByNumber } = await import('./search-by-number.ts');
  return searchByNumber(ticketNumber, (query) => client.listSessions(query, call));
}
