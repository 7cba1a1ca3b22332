import type { Session } from '../contract/entities.ts';
import { encodeCursor } from '../conversations/listing/cursor.ts';
import { continueAfter, readSessionList } from '../conversations/listing/list-sessions.ts';
import { type LastSpeaker, readLastSpeakers } from '../conversations/reading/last-speaker.ts';
import { readingDeadline, readNewestMessages } from '../conversations/reading/newest-messages.ts';
import { historyPages } from '../conversations/reading/read-history.ts';
import { searchConversations } from '../conversations/reading/search-conversations.ts';
import { inboxRow, inboxTranscript } from '../presenters/inbox/present.ts';
import type { InboxEntry, InboxPage, InboxRow, InboxTranscript } from '../presenters/inbox/views.ts';
import { readingNote } from '../presenters/reading-note.ts';
import type { Reading } from './reading.ts';
import { readSentFile, type SentFileRead } from './sent-file.ts';

export interface RowFilters {
  readonly status?: string | undefined;
  readonly channel_type?: string | undefined;
  readonly handed_off?: boolean | undefined;
}

/** The use cases of the page. What they return is redacted as the reading has it, and so is what is remembered. */
export interface Desk {
  /** A page of the list, newest session first, with the last words of each. */
  list(filters: RowFilters, cursor: string | undefined, reading: Reading): Promise<InboxPage>;
  /** The rows of these sessions as they are now. Sessions that are gone are left out. */
  rows(ids: readonly string[], reading: Reading): Promise<InboxPage>;
  search(query: string, reading: Reading): Promise<InboxPage>;
  /** @param before reads the entries before this one; the newest by default. */
  read(sessionId: string, before: string | undefined, reading: Reading): Promise<InboxTranscript>;
  /** @param fileId as the transcript gives it. @returns undefined if the session has no such file. */
  file(sessionId: string, fileId: string, reading: Reading): Promise<SentFileRead | undefined>;
}

/** Half of the requests that the API accepts in a minute: each row costs one. Without a limit, more. */
const rowsWithLimit = 50;
const rowsWithoutLimit = 100;

const entriesAtOnce = 100;

/** Sessions whose last words are remembered. */
const maxRemembered = 2000;

export function openDesk(): Desk {
  /** What a session's row said when it had this `updated_at`. */
  const remembered = new Map<string, { updatedAt: string; row: InboxRow }>();

  function remember(session: Session, row: InboxRow): InboxRow {
    remembered.delete(session.id);
    if (row.last_unknown === undefined) remembered.set(session.id, { updatedAt: session.updated_at, row });
    const [oldest] = remembered.keys();
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
    return row;
  }

  async function rowsOf(sessions: readonly Session[], { context, redact }: Reading): Promise<InboxRow[]> {
    const known = ({ id, updated_at }: Session) => {
      const entry = remembered.get(id);
      return entry?.updatedAt === updated_at ? entry.row : undefined;
    };
    const unknown = sessions.filter((session) => known(session) === undefined);
    const speakers = await readLastSpeakers(unknown, context);
    const lastOf = new Map<string, LastSpeaker | undefined>(unknown.map(({ id }, n) => [id, speakers[n]]));
    const { signal } = context.call;
    return Promise.all(
      sessions.map(async (session) => {
        const row = known(session);
        if (row !== undefined) return row;
        const read = await inboxRow(session, lastOf.get(session.id), signal);
        return remember(session, redact?.view(read) ?? read);
      }),
    );
  }

  async function readRows(ids: readonly string[], reading: Reading): Promise<InboxRow[]> {
    const { client, call } = reading.context;
    const read = ids.map((id) => client.getSession(id, call).catch(ifGone));
    const sessions = (await Promise.all(read)).filter((session) => session !== undefined);
    return rowsOf(sessions, reading);
  }

  return {
    async list(filters, cursor, reading) {
      const { context } = reading;
      const limit = context.client.requestsPerMinute === undefined ? rowsWithoutLimit : rowsWithLimit;
      const listing = await readSessionList({ filters, limit, cursor }, context);
      const note = readingNote(listing);
      return {
        sessions: await rowsOf(listing.sessions, reading),
        ...(listing.more && { next_cursor: encodeCursor(continueAfter(listing, listing.sessions.length)) }),
        ...(note && { note }),
      };
    },

    async rows(ids, reading) {
      return { sessions: await readRows(ids, reading) };
    },

    async search(query, reading) {
      const { results, byNumber, sessions } = await searchConversations(query, reading.context);
      const found = [...sessions.values()].flatMap((hit) => (typeof hit === 'string' ? [] : [hit.session]));
      const unread = sessions.size - found.length;
      const unique = new Map([...byNumber, ...found].map((session) => [session.id, session]));
      const note = [
        readingNote(results),
        unread > 0 && `${unread} more found: narrow the search to see them.`,
      ];
      return {
        sessions: await rowsOf([...unique.values()], reading),
        ...(note.some(Boolean) && { note: note.filter(Boolean).join(' ') }),
      };
    },

    async read(sessionId, before, { context, redact }) {
      const { client, call } = context;
      const session = await client.getSession(sessionId, call);
      const deadline = readingDeadline(context);
      const history = { before, updatedAt: session.updated_at, deadline };
      const wanted = { limit: entriesAtOnce, before, includeEvents: true, now: context.now, deadline };
      const window = await readNewestMessages(historyPages(session.id, history, context), wanted);
      const transcript = await inboxTranscript(session, window, call.signal);
      return redact ? redacted(transcript, redact) : transcript;
    },

    file: readSentFile,
  };
}

/** Entry by entry, so that a long conversation does not hold up everybody else. */
async function redacted(
  { entries, ...transcript }: InboxTranscript,
  redact: NonNullable<Reading['redact']>,
): Promise<InboxTranscript> {
  const shown: InboxEntry[] = [];
  for (const entry of entries) {
    shown.push(redact.view(entry));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...redact.view(transcript), entries: shown };
}

function ifGone(error: unknown): undefined {
  if ((error as { kind?: string }).kind !== 'not_found') throw error;
}
