import { OpenCxError } from '../../client/errors.ts';
import type { HistoryItem, SearchResults, Session, SessionContact } from '../../contract/entities.ts';
import type { Deadline } from '../../time/deadline.ts';
import { findTicket } from '../analysis/find-ticket.ts';
import { ticketNumberOf } from '../analysis/ticket-number.ts';
import type { Context } from '../context.ts';
import { findContacts } from './find-contacts.ts';
import { readingDeadline } from './newest-messages.ts';
import { untilFailure } from './until-failure.ts';

/** What a search does not say about a session that it found. */
export interface HitSession {
  readonly session: Session;
  /** The messages that were found, by id. One that was not reached in the history is absent. */
  readonly messages: ReadonlyMap<string, HistoryItem>;
}

const reasons = {
  timeout: 'there was no time left',
  rate_limited: 'the rate budget left no request',
  other: 'could not be read',
} as const;

/** Why nothing more is known about a session. */
export type HitUnread = 'beyond the first 10' | (typeof reasons)[keyof typeof reasons];

export interface Search {
  readonly results: SearchResults;
  /** Contacts of which the search shows neither name nor email, by id. */
  readonly contacts: ReadonlyMap<string, SessionContact>;
  /** The sessions whose ticket number the query is. */
  readonly byNumber: readonly Session[];
  /** Every session of a matching message, by id. */
  readonly sessions: ReadonlyMap<string, HitSession | HitUnread>;
}

/** Sessions that are read: at two requests each, a fifth of a minute's budget. */
const maxSessions = 10;
const parallel = 5;

/** Pages of a history that are read to find its messages. */
const maxPages = 4;

/**
 * Searches, and reads what the search does not give: who and what the sessions are, and who wrote the matching messages
 * and when. What cannot be read leaves out its details, never the hit.
 * @throws the API's error for the search itself, and a cancellation at any time.
 */
export async function searchConversations(query: string, context: Context): Promise<Search> {
  const [results, byNumber] = await Promise.all([
    context.client.searchSessions({ q: query }, context.call),
    findByNumber(query, context),
  ]);
  const deadline = readingDeadline(context);
  const [contacts, sessions] = await Promise.all([
    findContacts(results.contacts, context),
    readHitSessions(results.messages, deadline, context),
  ]);
  return { results, byNumber, contacts, sessions };
}

/** The API does not search ticket numbers. */
async function findByNumber(query: string, context: Context): Promise<readonly Session[]> {
  const number = ticketNumberOf(query);
  if (number === undefined) return [];
  try {
    const found = await findTicket(number, context);
    if (found.outcome === 'several') return found.sessions;
    return found.outcome === 'found' ? [found.session] : [];
  } catch (error) {
    // The number may also be a word of a message.
    if (context.call.signal.aborted || !(error instanceof OpenCxError)) throw error;
    return [];
  }
}

async function readHitSessions(
  hits: SearchResults['messages'],
  deadline: Deadline,
  context: Context,
): Promise<Search['sessions']> {
  const wanted = new Map<string, string[]>();
  for (const { id, session_id } of hits) wanted.set(session_id, [...(wanted.get(session_id) ?? []), id]);
  const sessions = new Map<string, HitSession | HitUnread>();
  for (const id of wanted.keys()) sessions.set(id, 'beyond the first 10');
  const queue = [...wanted].slice(0, maxSessions).values();
  const work = async () => {
    for (const [id, messageIds] of queue)
      sessions.set(id, await readHitSession(id, messageIds, deadline, context));
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return sessions;
}

async function readHitSession(
  sessionId: string,
  messageIds: readonly string[],
  deadline: Deadline,
  { client, call }: Context,
): Promise<HitSession | HitUnread> {
  if (deadline.hasPassed) return reasons.timeout;
  const options = { ...call, deadline };
  let unread: HitUnread = reasons.other;
  const ifFails = (error: unknown) => {
    if (call.signal.aborted || !(error instanceof OpenCxError)) throw error;
    if (error.kind === 'timeout' || error.kind === 'rate_limited') unread = reasons[error.kind];
    return undefined;
  };
  const [session, messages] = await Promise.all([
    client.getSession(sessionId, options).catch(ifFails),
    findMessages(client.historyPages(sessionId, options), messageIds).catch(ifFails),
  ]);
  return session === undefined ? unread : { session, messages: messages ?? new Map() };
}

async function findMessages(
  pages: ReturnType<Context['client']['historyPages']>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, HistoryItem>> {
  const missing = new Set(ids);
  const found = new Map<string, HistoryItem>();
  let pagesRead = 0;
  for await (const { items } of untilFailure(pages, () => {})) {
    for (const item of items) if (item.id && missing.delete(item.id)) found.set(item.id, item);
    pagesRead += 1;
    if (missing.size === 0 || pagesRead === maxPages) break;
  }
  return found;
}
