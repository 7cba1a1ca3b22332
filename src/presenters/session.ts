import type { Session } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { fitItems } from './budget.ts';
import {
  ContactView,
  CustomDataView,
  contactLines,
  contactView,
  customDataLines,
  customDataView,
} from './contact.ts';
import { compact, type PresentContext, type Presented } from './present.ts';
import { isoTime, timeWithAge } from './time.ts';
import { type HistoryWindow, MessageView, messageLines } from './transcript.ts';
import { clean, cleanLine, dataBlock, quoted, quotedLines, truncate } from './untrusted.ts';

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
  handoff: z
    .object({ summary: z.string(), sentiment: z.string().optional() })
    .describe('Present when a human was asked to take over')
    .optional(),
  contact: ContactView.optional(),
  custom_data: CustomDataView.optional(),
  messages: z.array(MessageView).describe('Newest messages, oldest of them first').optional(),
  messages_note: z.string().optional(),
});
export type SessionView = z.infer<typeof SessionView>;

const maxSummaryCharacters = 2000;

/** One session with everything the API says of it, without its messages. */
function sessionView(session: Session): SessionView {
  const { handoff, ticketing_system: ticketing } = session;
  return {
    id: cleanLine(session.id),
    ticket_number: session.ticket_number,
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    created_at: isoTime(session.created_at),
    updated_at: isoTime(session.updated_at),
    ...compact({
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
      handoff: handoff
        ? {
            summary: truncate(clean(handoff.summary), maxSummaryCharacters).text,
            ...compact({ sentiment: handoff.sentiment ? cleanLine(handoff.sentiment) : undefined }),
          }
        : undefined,
      contact: session.contact ? contactView(session.contact) : undefined,
      custom_data: customDataView(session.custom_data),
    }),
  };
}

/**
 * The one-call brief of a session: state, identity, who holds it and, where asked for, its newest messages.
 * @param messages newest messages in reading order; undefined when none were asked for.
 * @param window what is known of the history they come from.
 */
export function presentSession(
  session: Session,
  messages: readonly MessageView[] | undefined,
  window: Pick<HistoryWindow, 'olderExist' | 'newestReached'> | undefined,
  context: PresentContext,
): Presented<SessionView> {
  const base = sessionView(session);
  return fitItems(messages?.length ?? 0, (n) => {
    const shown = messages === undefined ? undefined : n === 0 ? [] : messages.slice(-n);
    const olderExist = window?.olderExist === true || n < (messages?.length ?? 0);
    const note = messagesNote(shown?.length, olderExist, window?.newestReached !== false);
    const view = { ...base, ...(shown ? { messages: shown } : {}), ...compact({ messages_note: note }) };
    return { view, text: sessionText(view, context) };
  });
}

function messagesNote(
  shown: number | undefined,
  olderExist: boolean,
  newestReached: boolean,
): string | undefined {
  if (shown === undefined) return undefined;
  if (shown === 0) return 'No messages yet.';
  if (!newestReached)
    return 'The history is too long to be read to its end: its NEWEST messages are missing here.';
  return olderExist ? `The ${shown} newest; older ones: get_session_history.` : 'All messages.';
}

function sessionText(view: SessionView, { now, nonce }: PresentContext): string {
  const facts = [
    view.sentiment && `sentiment ${view.sentiment}`,
    view.ai_closure_type && `AI's part ended: ${view.ai_closure_type}`,
    view.assignee_id && `assigned to ${view.assignee_id}`,
    view.assist_mode && 'assist mode on',
    view.language && `language ${view.language}`,
  ].filter(Boolean);
  const linked = view.ticketing_system;
  return [
    `Session ${view.id}, ticket #${view.ticket_number}, ${view.status}, channel ${view.channel}.`,
    `Created ${timeWithAge(view.created_at, now)}, updated ${timeWithAge(view.updated_at, now)}.`,
    view.handoff ? 'Handed off: a human was asked to take over.' : 'Not handed off.',
    ...(facts.length > 0 ? [`State: ${facts.join(', ')}.`] : []),
    ...(linked ? [`Linked to ${linked.name}, ${linked.id_type} ${linked.external_id}.`] : []),
    view.contact ? `Contact ${view.contact.id}.` : 'No contact.',
    ...(view.messages_note ? [`Messages: ${view.messages_note}`] : []),
    ...dataBlock(sessionDataLines(view), nonce),
  ].join('\n');
}

function sessionDataLines(view: SessionView): string[] {
  return [
    ...(view.contact ? contactLines(view.contact) : []),
    ...(view.team ? [`team ${quoted(view.team)}`] : []),
    ...customDataLines('session data', view.custom_data),
    ...(view.handoff
      ? [
          `handoff summary${view.handoff.sentiment ? `, sentiment ${view.handoff.sentiment}` : ''}:`,
          ...quotedLines(view.handoff.summary),
        ]
      : []),
    ...(view.messages ? messageLines(view.messages) : []),
  ];
}
