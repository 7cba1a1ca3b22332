import type { HistoryItem, Session } from '../contract/entities.ts';
import { isUnreadable } from '../contract/lenient-schemas.ts';
import { z } from '../contract/zod.ts';
import type { HistoryWindow } from '../conversations/reading/newest-messages.ts';
import { cleanLine, cleanText } from '../text/clean.ts';
import { exactTime, isoTime, timeWithAge } from '../text/time-format.ts';
import {
  ContactView,
  contactLines,
  contactView,
  customDataFields,
  customDataText,
  customDataView,
} from './contact.ts';
import { customerWaitingFields, firstUnanswered, isCustomerWaiting } from './last-message.ts';
import { eventsLeftOutNote, MessageView, messageLines, shortened } from './message.ts';
import { readingNote } from './reading-note.ts';
import { type NextCall, NextCalls, nextCalls, nextLines } from './rendering/next-calls.ts';
import { bareToken, dataBlock, type FactLine, placeFacts, quoted, quotedLines } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from './rendering/rendering.ts';
import { fitToSize } from './rendering/size-limit.ts';
import { withVerifiedName } from './sender-name.ts';
import { type DraftsPart, draftFields } from './sending/drafts-view.ts';

export const SessionView = z.object({
  id: z.string(),
  ticket_number: z.number().optional(),
  status: z.string(),
  channel: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  language: z.string().optional(),
  sentiment: z.string().optional(),
  ai_closure_type: z.string().describe("How the AI's part ended").optional(),
  assist_mode: z.literal(true).optional(),
  assignee_id: z.string().optional(),
  team: z.string().optional(),
  ticketing_system: z.object({ name: z.string(), external_id: z.string(), id_type: z.string() }).optional(),
  summary: z.string().optional(),
  handoff: z
    .object({ summary: z.string(), sentiment: z.string().optional() })
    .describe('Present when a human was asked to take over')
    .optional(),
  contact: ContactView.optional(),
  contact_note: z.string().optional(),
  ...customDataFields,
  last_word: z
    .object({ from: z.string(), at: z.string() })
    .describe('Who wrote last, not counting the system')
    .optional(),
  ...customerWaitingFields,
  messages: z.array(MessageView).describe('Newest messages, in reading order').optional(),
  messages_note: z.string().optional(),
  ...draftFields,
  next: NextCalls,
});
export type SessionView = z.infer<typeof SessionView>;

const maxSummaryCharacters = 2000;

/**
 * A session with all its fields, without its messages.
 * @param maxCharacters limit for each longer text, if there is less space than the usual limits need.
 */
export function sessionView(session: Session, maxCharacters: number): SessionView {
  const { handoff, summary, ticketing_system: ticketing } = session;
  const maxSummary = Math.min(maxCharacters, maxSummaryCharacters);
  return {
    id: cleanLine(session.id),
    ticket_number: session.ticket_number,
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    created_at: isoTime(session.created_at),
    updated_at: isoTime(session.updated_at),
    ...omitEmpty({
      language: session.language ? cleanLine(session.language) : undefined,
      sentiment: session.sentiment ? cleanLine(session.sentiment) : undefined,
      ai_closure_type: session.ai_closure_type ? cleanLine(session.ai_closure_type) : undefined,
      assist_mode: session.assist_mode ? (true as const) : undefined,
      assignee_id: session.assignee_id ? cleanLine(session.assignee_id) : undefined,
      team: session.team ? cleanLine(session.team.name) : undefined,
      ticketing_system: ticketing
        ? {
            name: cleanLine(ticketing.name),
            external_id: cleanLine(ticketing.external_id),
            id_type: cleanLine(ticketing.id_type),
          }
        : undefined,
      summary: typeof summary === 'string' ? cleanText(summary, maxSummary).trim() : undefined,
      handoff: handoff
        ? {
            summary: cleanText(handoff.summary, maxSummary),
            ...omitEmpty({ sentiment: handoff.sentiment ? cleanLine(handoff.sentiment) : undefined }),
          }
        : undefined,
      contact: session.contact ? contactView(session.contact, maxCharacters) : undefined,
      contact_note: isUnreadable(session, 'contact') ? 'The contact could not be read.' : undefined,
    }),
    ...customDataView(session.custom_data, maxCharacters),
  };
}

/**
 * A session in one answer: its state, the contact's identity, who handles it and, if requested, its newest messages.
 * @param messages newest messages in reading order; undefined if not requested.
 * @param window what is known about the history they come from.
 * @param nextCursor where to read the history on, if its newest messages were not reached.
 * @param drafts messages of the caller that wait for a person, or did.
 */
export function presentSession(
  session: Session,
  messages: readonly MessageView[] | undefined,
  window:
    | Pick<
        HistoryWindow,
        'items' | 'olderExist' | 'newestReached' | 'eventsLeftOut' | 'unreadable' | 'interrupted'
      >
    | undefined,
  context: PresentContext,
  nextCursor?: string,
  drafts?: DraftsPart,
): Presented<SessionView> {
  // Old messages of a long history would pass for its newest.
  const isFarBehind = window?.newestReached === false && !window.interrupted;
  const named = messages && withVerifiedName(isFarBehind ? [] : messages, session.contact);
  return fitToSize(named?.length ?? 0, (n, maxCharacters) => {
    // `n` is 0 only if there are no messages.
    const shown = named?.slice(-n).map((message) => shortened(message, maxCharacters));
    const isCut = n < (named?.length ?? 0);
    const olderExist = !isFarBehind && (window?.olderExist === true || isCut);
    const events = isFarBehind ? 0 : (window?.eventsLeftOut ?? 0);
    const note = [
      messagesNote(shown?.length, olderExist, isCut, window),
      readingNote(window ?? {}),
      nextCursor && `To read on: get_session_history with cursor ${nextCursor}`,
      events > 0 && eventsLeftOutNote(events, 'get_session_history with include_events shows them'),
    ]
      .filter(Boolean)
      .join(' ');
    const view = {
      ...sessionView(session, maxCharacters),
      ...(window?.newestReached ? lastWord(messages ?? [], session.status) : {}),
      ...(shown ? { messages: shown } : {}),
      ...omitEmpty({ messages_note: note }),
      ...drafts?.fields(maxCharacters),
      ...nextCalls(olderExist ? olderMessages(cleanLine(session.id), window?.items.at(-n)) : [], context),
    };
    return presented<SessionView>(view, (shown) => sessionText(shown, context, drafts), context);
  });
}

/** Who wrote last; nothing if all messages are from the system. */
function lastWord(messages: readonly MessageView[], status: string) {
  const last = messages.findLast(({ from }) => from !== 'system');
  if (last === undefined) return {};
  const { from, at } = last;
  const isWaiting = isCustomerWaiting(from, status);
  const since = firstUnanswered(messages, (message) => message.from)?.at;
  return {
    last_word: { from, at },
    customer_waiting: isWaiting,
    ...(isWaiting && since !== at && { waiting_since: since }),
  };
}

/** The call that reads the messages before the oldest one shown. */
function olderMessages(session_id: string, oldest: HistoryItem | undefined): NextCall[] {
  if (oldest === undefined) return [];
  const before = oldest.id ?? exactTime(oldest.created_at);
  return [{ tool: 'get_session_history', arguments: { session_id, before } }];
}

function messagesNote(
  shown: number | undefined,
  olderExist: boolean,
  isCut: boolean,
  window: Pick<HistoryWindow, 'newestReached' | 'interrupted'> | undefined,
): string | undefined {
  if (shown === undefined) return undefined;
  if (window?.newestReached === false && window.interrupted)
    return 'The NEWEST messages may be missing here.';
  if (window?.newestReached === false)
    return 'The history is too long to be read to its end in one call: its NEWEST messages are missing here.';
  if (shown === 0) return olderExist ? 'None among the newest entries.' : 'No messages yet.';
  if (!olderExist) return `All ${shown} of them.`;
  return `The ${shown === 1 ? 'newest one' : `${shown} newest`}${isCut ? ', cut to fit one result' : ''}; there are older ones.`;
}

function sessionText(view: SessionView, { now, nonce }: PresentContext, drafts?: DraftsPart): string {
  const { outside, inside } = placeFacts(factLines(view, now));
  return [
    ...outside,
    ...(view.messages_note ? [`Messages: ${view.messages_note}`] : []),
    ...(drafts?.notes(view) ?? []),
    ...nextLines(view),
    ...dataBlock([...inside, ...sessionDataLines(view), ...(drafts?.lines(view, now) ?? [])], nonce),
  ].join('\n');
}

/** Lines about the session itself, each with the API's values in it. */
function factLines(view: SessionView, now: Date): FactLine[] {
  const { sentiment, ai_closure_type, assignee_id, assist_mode, language, ticketing_system: linked } = view;
  const state = [
    view.handoff ? 'Handed off to a human' : 'Not handed off',
    sentiment && `sentiment ${sentiment}`,
    ai_closure_type && `AI's part ended: ${ai_closure_type}`,
    assignee_id && `assignee ${assignee_id}`,
    assist_mode && 'assist mode on',
    language && `language ${language}`,
  ].filter(Boolean);
  return [
    [
      `Session ${view.id}, ticket ${ticketText(view.ticket_number) || 'unknown'}, ${view.status}, channel ${view.channel}.`,
      view.id,
      view.status,
      view.channel,
    ],
    [
      `Created ${timeWithAge(view.created_at, now)}, last changed ${timeWithAge(view.updated_at, now)}.`,
      view.created_at,
      view.updated_at,
    ],
    ...lastWordLine(view, now),
    [`${state.join(', ')}.`, sentiment, ai_closure_type, assignee_id, language],
    ...(linked
      ? [
          [
            `Linked to ${linked.name}, ${linked.id_type} ${linked.external_id}.`,
            ...Object.values(linked),
          ] as const,
        ]
      : []),
    view.contact ? [`Contact ${view.contact.id}.`, view.contact.id] : [view.contact_note ?? 'No contact.'],
  ];
}

function lastWordLine(
  { last_word: last, customer_waiting, waiting_since: since }: SessionView,
  now: Date,
): FactLine[] {
  if (last === undefined) return [];
  const waits = since === undefined ? '' : ` (since ${timeWithAge(since, now)})`;
  const waiting = customer_waiting ? ` The customer is waiting${waits}.` : '';
  return [[`Last word: ${last.from}, ${timeWithAge(last.at, now)}.${waiting}`, last.from, last.at, since]];
}

function sessionDataLines(view: SessionView): string[] {
  const sessionData = customDataText(view);
  return [
    ...(view.contact ? contactLines(view.contact) : []),
    ...(view.team ? [`team ${quoted(view.team)}`] : []),
    ...(sessionData ? [`session ${sessionData}`] : []),
    ...(view.summary ? ['summary:', ...quotedLines(view.summary)] : []),
    ...(view.handoff
      ? [
          `handoff summary${view.handoff.sentiment ? `, sentiment ${bareToken(view.handoff.sentiment)}` : ''}:`,
          ...quotedLines(view.handoff.summary),
        ]
      : []),
    ...(view.messages ? messageLines(view.messages) : []),
  ];
}

/** `#4521`; empty if the API returned no number. */
export function ticketText(ticketNumber: number | undefined): string {
  return ticketNumber === undefined ? '' : `#${ticketNumber}`;
}
