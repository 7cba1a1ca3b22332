import type { Session } from '../contract/entities.ts';
import { z } from '../contract/zod.ts';
import { cleanLine } from '../text/clean.ts';
import { isoTime, shortAge, timeBehind } from '../text/time-format.ts';
import { ContactLabelView, contactLabel, contactLabelText } from './contact.ts';
import { type LastMessageView, lastMessageFields, lastMessageLines } from './last-message.ts';

import { type NextCall, NextCalls, nextCalls, nextLines } from './rendering/next-calls.ts';
import { bareToken, dataBlock } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented } from './rendering/rendering.ts';
import { fitToSize } from './rendering/size-limit.ts';
import { ticketText } from './session.ts';

const SessionRow = z.object({
  id: z.string(),
  ticket_number: z.number().optional(),
  status: z.string(),
  channel: z.string(),
  handed_off: z.literal(true).optional(),
  sentiment: z.string().optional(),
  contact: ContactLabelView.optional(),
  created_at: z.string(),
  updated_at: z.string(),
  ...lastMessageFields,
});
type SessionRow = z.infer<typeof SessionRow>;

export const SessionListView = z.object({
  sessions: z.array(SessionRow),
  shown: z.number(),
  more: z.boolean(),
  next_cursor: z
    .string()
    .describe('Pass as cursor for the next page; continues exactly there if the API keeps its order')
    .optional(),
  note: z.string().optional(),
  next: NextCalls,
});

export type SessionListView = z.infer<typeof SessionListView>;

function sessionRow(session: Session): SessionRow {
  return {
    id: cleanLine(session.id),
    ticket_number: session.ticket_number,
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    ...omitEmpty({
      handed_off: session.handoff ? (true as const) : undefined,
      sentiment: session.sentiment ? cleanLine(session.sentiment) : undefined,
      contact: contactLabel(session.contact),
    }),
    created_at: isoTime(session.created_at),
    updated_at: isoTime(session.updated_at),
  };
}

/**
 * A list with one line for each session. Sessions that do not fit one result are left for the next page.
 * @param more whether the list continues after `sessions`.
 * @param cursorAfter makes the cursor that continues after the first `n` of `sessions`.
 * @param note what could not be read; may be empty.
 * @param lastMessages the last message of each of `sessions`; absent if not requested.
 */
export function presentSessionList(
  sessions: readonly Session[],
  more: boolean,
  cursorAfter: (n: number) => string,
  context: PresentContext,
  note = '',
  lastMessages: readonly LastMessageView[] = [],
): Presented<SessionListView> {
  const rows = sessions.map((session, index) => ({ ...sessionRow(session), ...lastMessages[index] }));
  return fitToSize(rows.length, (n) => {
    const hasMore = more || n < rows.length;
    const view = {
      sessions: rows.slice(0, n),
      shown: n,
      more: hasMore,
      ...(hasMore ? { next_cursor: cursorAfter(n) } : {}),
      ...omitEmpty({ note }),
      ...nextCalls(longestWait(rows.slice(0, n)), context),
    };
    return { view, text: listText(view, context) };
  });
}

/** The call that reads the session whose customer has waited longest; none if no customer is known to be waiting. */
function longestWait(rows: readonly SessionRow[]): NextCall[] {
  const since = ({ last_message }: SessionRow) => Date.parse(last_message?.at ?? '');
  const [first] = rows
    .filter((row) => row.customer_waiting && !Number.isNaN(since(row)))
    .sort((a, b) => since(a) - since(b));
  return first ? [{ tool: 'get_session', arguments: { session_id: first.id, history_limit: 10 } }] : [];
}

function listText(view: SessionListView, context: PresentContext): string {
  if (view.shown === 0) {
    return [
      view.more
        ? `No sessions so far, but there are more. Next: cursor ${view.next_cursor}`
        : view.note
          ? 'No sessions could be read.'
          : 'No sessions match.',
      ...(view.note ? [view.note] : []),
    ].join('\n');
  }
  return [
    view.more
      ? `${sessionCount(view.shown)}, and there are more. Next page: cursor ${view.next_cursor}`
      : `${sessionCount(view.shown)}${view.note ? '.' : '; the list ends here.'}`,
    ...(view.note ? [view.note] : []),
    ...nextLines(view),
    'Each: id, ticket, status, channel, created and last changed (UTC, with age; time alone: same day), contact.',
    ...dataBlock(
      view.sessions.flatMap((row) => [rowLine(row, context.now), ...lastMessageLines(row, context)]),
      context.nonce,
    ),
  ].join('\n');
}

/** Removes the `Z`: the header line of the list says that times are UTC. */
function columnTime(time: string): string {
  return time.replace(/(\d\d:\d\d)Z$/, '$1');
}

function sessionCount(n: number): string {
  return n === 1 ? '1 session' : `${n} sessions`;
}

function rowLine(row: SessionRow, now: Date): string {
  return [
    bareToken(row.id),
    ticketText(row.ticket_number),
    bareToken(row.status),
    bareToken(row.channel),
    row.handed_off && 'handed_off',
    row.sentiment && bareToken(row.sentiment),
    columnTime(row.created_at),
    shortAge(row.created_at, now),
    columnTime(timeBehind(row.updated_at, row.created_at)),
    shortAge(row.updated_at, now),
    contactLabelText(row.contact),
  ]
    .filter(Boolean)
    .join(' ');
}
