import { findTicket } from '../conversations/analysis/find-ticket.ts';
import { ticketNumberOf } from '../conversations/analysis/ticket-number.ts';
import type { Context } from '../conversations/context.ts';
import { TicketNotFoundError, TicketNotUniqueError } from '../conversations/errors.ts';
import { bareToken } from '../presenters/rendering/quoting.ts';

type Arguments = Readonly<Record<string, unknown>>;

interface Resolved {
  readonly input: Arguments;
  readonly context: Context;
  /** What the number was taken to mean, as a line; empty if the arguments have none. */
  readonly note: string;
}

/**
 * Replaces a ticket number in `session_id` by the id of its session. This happens here, once for all tools: a tool, and
 * the record of what was sent, only know ids.
 * @throws TicketNotFoundError, TicketNotUniqueError
 */
export async function resolveTicket(input: Arguments, context: Context): Promise<Resolved> {
  const { session_id: given } = input;
  const ticketNumber = typeof given === 'string' && given.startsWith('#') ? ticketNumberOf(given) : undefined;
  if (ticketNumber === undefined) return { input, context, note: '' };
  const search = await findTicket(ticketNumber, context);
  if (search.outcome === 'none') throw new TicketNotFoundError(ticketNumber, search);
  if (search.outcome === 'several') throw new TicketNotUniqueError(ticketNumber, search.sessions);
  const { session, isFetched } = search;
  return {
    input: { ...input, session_id: session.id },
    context: isFetched ? { ...context, fetched: session } : context,
    note: `#${ticketNumber} is session ${bareToken(session.id)}.\n`,
  };
}
