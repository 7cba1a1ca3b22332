import type { HistoryItem, Session } from '../../contract/entities.ts';
import type { LastSpeaker } from '../../conversations/reading/last-speaker.ts';
import type { HistoryWindow } from '../../conversations/reading/newest-messages.ts';
import { cleanLine, cleanText } from '../../text/clean.ts';
import { exactTime } from '../../text/time-format.ts';
import { contactLabel } from '../contact.ts';
import {
  firstUnanswered,
  isCustomerWaiting,
  type LastMessageView,
  lastMessageView,
} from '../last-message.ts';
import { messageViews } from '../message.ts';
import { readingNote } from '../reading-note.ts';
import { omitEmpty } from '../rendering/rendering.ts';
import { withVerifiedName } from '../sender-name.ts';
import { sessionView } from '../session.ts';
import type { InboxEntry, InboxRow, InboxTranscript, LastWords } from './views.ts';

/** Longer messages are cut: a person who reads on has more use for the original. */
const maxCharacters = 20_000;

/**
 * A session as a line of the inbox.
 * @param last who spoke last; undefined if nobody asked.
 */
export async function inboxRow(
  session: Session,
  last: LastSpeaker | undefined,
  signal?: AbortSignal,
): Promise<InboxRow> {
  const words = last && (await lastMessageView(session, last, signal));
  return {
    id: cleanLine(session.id),
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    handled_by: session.handoff || session.assignee_id ? 'human' : 'ai',
    ...omitEmpty({
      ticket_number: session.ticket_number,
      sentiment: session.sentiment ? cleanLine(session.sentiment) : undefined,
      contact: contactLabel(session),
      last: words && lastOf(words, last as LastSpeaker),
      waiting: words?.customer_waiting,
      waiting_since: words?.waiting_since,
      last_unknown: words?.last_message_unknown,
    }),
    created_at: exactTime(session.created_at),
    updated_at: exactTime(session.updated_at),
  };
}

function lastOf({ last_message: words }: LastMessageView, last: LastSpeaker): LastWords | undefined {
  if (words === undefined) return undefined;
  const { from, name, claimed_name, text, attachments } = words;
  const { item } = last as { readonly item: HistoryItem };
  return {
    at: exactTime(item.created_at),
    from,
    ...omitEmpty({ name: name ?? claimed_name, text, attachments }),
  };
}

/** A session and a part of its history. */
export async function inboxTranscript(
  session: Session,
  window: HistoryWindow,
  signal?: AbortSignal,
): Promise<InboxTranscript> {
  const entries = await entriesOf(session, window.items, window.earlier, signal);
  const oldest = window.items[0] ?? window.oldestRead;
  const note = [
    window.newestReached
      ? ''
      : 'The history is too long to be read to its end: the newest entries are missing.',
    readingNote(window),
  ];
  return {
    session: sessionView(session, Number.POSITIVE_INFINITY),
    row: { ...(await inboxRow(session, undefined)), ...lastWords(entries, session.status, window) },
    entries,
    ...omitEmpty({
      before: window.olderExist && oldest ? (oldest.id ?? exactTime(oldest.created_at)) : undefined,
      note: note.filter(Boolean).join(' '),
    }),
  };
}

/**
 * Entries of a history, in reading order.
 * @param earlier what came before them: mail that quotes it is shown without that.
 */
export async function entriesOf(
  session: Session,
  items: readonly HistoryItem[],
  earlier?: readonly HistoryItem[],
  signal?: AbortSignal,
): Promise<InboxEntry[]> {
  const views = await messageViews(items, maxCharacters, { earlier, signal });
  return withVerifiedName(views, session.contact).map(
    ({ attachments, attachments_left_out, ...entry }, n) => {
      const { id, created_at, event } = items[n] as HistoryItem;
      return {
        ...entry,
        at: exactTime(created_at),
        ...omitEmpty({
          id,
          files: attachments?.map(({ url: _url, ...file }, index) => ({
            ...file,
            id: event.attachments?.[index]?.id ?? '',
          })),
          files_left_out: attachments_left_out,
        }),
      };
    },
  );
}

const maxExcerptCharacters = 160;

/** The same as a row of the list says, from what was read anyway. */
function lastWords(
  entries: readonly InboxEntry[],
  status: string,
  { newestReached, before, complete }: HistoryWindow,
): Partial<InboxRow> {
  if (!newestReached || before !== undefined) return {};
  const messages = entries.filter(({ event }) => event === undefined);
  const last = messages.findLast(({ from }) => from !== 'system');
  if (last === undefined) return complete ? { waiting: false } : {};
  const { at, from, name, claimed_name, text = '', files } = last;
  const shown = name ?? claimed_name;
  const waiting = isCustomerWaiting(from, status);
  const since = firstUnanswered(messages, (message) => message.from)?.at;
  return {
    last: {
      at,
      from,
      ...omitEmpty({ name: shown, text: cleanText(text, maxExcerptCharacters), attachments: files?.length }),
    },
    waiting,
    ...(waiting && since !== at && { waiting_since: since }),
  };
}
