import type { FoundMessages } from '../../conversations/analysis/find-messages.ts';
import type { FoundMessage } from '../../conversations/analysis/messages/find-order.ts';
import { cleanLine } from '../../text/clean.ts';
import { excerpt } from '../../text/excerpt.ts';
import { type MessageView, messageLines, messageViews, shortened } from '../message.ts';
import { readingNote } from '../reading-note.ts';
import { bareToken, dataBlock } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from '../rendering/rendering.ts';
import { fitToSize } from '../rendering/size-limit.ts';
import { withVerifiedName } from '../sender-name.ts';
import type { DraftsPart } from '../sending/drafts-view.ts';
import { ticketText } from '../session.ts';
import { changedLines, coverageLine, coverageView, pageLine } from './coverage.ts';
import type { FoundMessagesView, FoundMessageView } from './found-messages-view.ts';

/** Enough to know what a message is about; the transcript tool gives more. */
const maxCharacters = 400;

/** Of a message that is searched for words, so much is read to show the part around them. */
const maxSearchedCharacters = 20_000;

/** Shown messages of one session with more entries between them are read one by one. */
const maxStretch = 60;

/**
 * Messages of many sessions, newest first. What does not fit one result is left for the next answer.
 * @param cursorAfter makes the cursor that continues after the first `n` messages; undefined if that is all.
 * @param nextSince makes the `next_since` for the first `n` messages.
 * @param drafts messages of the caller that wait for a person, or were decided since then.
 */
export async function presentFoundMessages(
  found: FoundMessages,
  cursorAfter: (n: number) => string | undefined,
  nextSince: (n: number) => string,
  context: PresentContext,
  drafts?: DraftsPart,
): Promise<Presented<FoundMessagesView>> {
  const rows = await rowsOf(found, context);
  const note = notes(found);
  return fitToSize(rows.length, (n, most) => {
    const cursor = cursorAfter(n);
    const view = {
      messages: rows.slice(0, n).map((row) => ({ ...row, ...shortened(row, most) })),
      shown: n,
      more: cursor !== undefined,
      ...omitEmpty({ next_cursor: cursor }),
      next_since: nextSince(n),
      coverage: coverageView(found.coverage),
      ...omitEmpty({ note }),
      ...drafts?.fields(Math.min(most, maxCharacters)),
    };
    return presented<FoundMessagesView>(view, (shown) => foundText(shown, found, context, drafts), context);
  });
}

/** Reads the messages session by session, because each may quote those before it. */
async function rowsOf(
  { messages, contains }: FoundMessages,
  { signal }: PresentContext,
): Promise<FoundMessageView[]> {
  const most = contains === undefined ? maxCharacters : maxSearchedCharacters;
  const rows = new Map<FoundMessage, FoundMessageView>();
  const bySession = new Map<FoundMessage['session'], FoundMessage[]>();
  for (const message of messages) {
    const own = bySession.get(message.session) ?? [];
    own.push(message);
    bySession.set(message.session, own);
  }
  for (const [session, own] of bySession) {
    const history = own[0]?.history ?? [];
    const [from, to] = [
      Math.min(...own.map(({ index }) => index)),
      Math.max(...own.map(({ index }) => index)),
    ];
    const stretches =
      to - from < maxStretch
        ? [{ from, to, own }]
        : own.map((one) => ({ from: one.index, to: one.index, own: [one] }));
    for (const stretch of stretches) {
      const items = history.slice(stretch.from, stretch.to + 1);
      const earlier = history.slice(0, stretch.from);
      const views = withVerifiedName(await messageViews(items, most, { earlier, signal }), session.contact);
      for (const one of stretch.own) {
        const message = views[one.index - stretch.from];
        if (message) rows.set(one, { ...around(message, contains), ...about(one) });
      }
    }
  }
  return messages.flatMap((message) => rows.get(message) ?? []);
}

function about({ session }: FoundMessage) {
  return {
    session_id: cleanLine(session.id),
    ...omitEmpty({ ticket_number: session.ticket_number }),
    channel: cleanLine(session.channel.type),
  };
}

/** The message with the part of its text around the words that were searched for. */
function around(message: MessageView, contains: string | undefined): MessageView {
  const { text } = message;
  if (text === undefined || text.length <= maxCharacters) return message;
  const part = excerpt(text, (contains ?? '').replace(/["“”„«»]/g, ' '), maxCharacters);
  const left = text.length - part.replace(/^…|…$/g, '').length;
  return { ...message, text: part, cut_chars: (message.cut_chars ?? 0) + left };
}

/** What could not be read, and why the answer ends where it does. Both renderings have it. */
function notes(found: FoundMessages): string {
  const { failed, passedOver, inPart, stop, claimed } = found;
  const now = new Set([...failed, ...inPart]).size;
  return [
    claimed > 0 &&
      `${claimed === 1 ? '1 session belongs' : `${claimed} sessions belong`} to this contact only by what the customer claims.`,
    failed.length > 0 &&
      `${failed.length === 1 ? '1 session' : `${failed.length} sessions`} could not be read: ${ticketsText(failed)}. To read one: get_session_history.`,
    inPart.length > 0 &&
      `The history of ${ticketsText(inPart)} is too long to be read to its end at once. The same question within a minute reads on, as does get_session_history.`,
    now === 0 &&
      passedOver > 0 &&
      `Earlier answers to this question name ${passedOver === 1 ? '1 session' : `${passedOver} sessions`} that could not be read to the end.`,
    readingNote(found),
    stop?.why === 'rate_limited' &&
      `The rate budget is used up${stop.retryAfterSeconds === undefined ? '' : `, more in ${stop.retryAfterSeconds} s`}.`,
    stop?.why === 'enough' && 'Sessions that were not read changed earlier than these messages.',
    stop?.why === 'time' && 'There was no time left to read more.',
  ]
    .filter(Boolean)
    .join(' ');
}

const maxNamed = 20;

/** The sessions by ticket number, or else by id. */
function ticketsText(sessions: FoundMessages['failed']): string {
  const named = sessions
    .slice(0, maxNamed)
    .map(({ id, ticket_number }) => ticketText(ticket_number) || cleanLine(id));
  return `${named.join(' ')}${sessions.length > maxNamed ? ` and ${sessions.length - maxNamed} more` : ''}`;
}

function foundText(
  view: FoundMessagesView,
  found: FoundMessages,
  { nonce, now }: PresentContext,
  drafts: DraftsPart | undefined,
): string {
  const { coverage, next_cursor: cursor, note, more } = view;
  const since = new Date(found.since).toISOString();
  const until = found.until === undefined ? '' : ` and before ${new Date(found.until).toISOString()}`;
  const { stop, interrupted } = found;
  const isFull = stop === undefined ? interrupted === undefined : stop.why === 'enough';
  const hasGaps = found.failed.length + found.passedOver + found.inPart.length + found.unreadable > 0;
  const goesOn = isFull && !hasGaps && cursor !== undefined;
  const next = coverage.complete || goesOn ? ` Next page: cursor ${cursor}` : '';
  return [
    goesOn ? pageLine(coverage) : coverageLine(coverage, cursor),
    `${shownText(view.messages)} after ${since}${until}${more ? `, and there are more.${next}` : '.'}`,
    ...changedLines(coverage),
    ...(note ? [note] : []),
    ...(drafts?.notes(view) ?? []),
    ...(view.next_since ? [`What is new after this answer: since ${view.next_since}`] : []),
    ...dataBlock(
      [...(drafts?.lines(view, now) ?? []), ...messageLines(view.messages, labels(view.messages))],
      nonce,
    ),
  ].join('\n');
}

/** Events are counted with the messages, so such a count has another name. */
function shownText(messages: readonly FoundMessageView[]): string {
  const { length } = messages;
  const hasEvents = messages.some(({ event }) => event !== undefined);
  if (length === 0) return 'Nothing found';
  if (length === 1) return hasEvents ? '1 event' : '1 message';
  return `${length} ${hasEvents ? 'entries (messages and events)' : 'messages'}, newest first,`;
}

/** Which conversation each message is in: the ticket number, and the first time also the id. */
function labels(messages: readonly FoundMessageView[]): string[] {
  const seen = new Set<string>();
  return messages.map(({ session_id: id, ticket_number, channel }) => {
    const ticket = ticketText(ticket_number);
    const isFirst = !seen.has(id);
    seen.add(id);
    return [ticket, (isFirst || ticket === '') && bareToken(id), isFirst && bareToken(channel)]
      .filter(Boolean)
      .join(' ');
  });
}
