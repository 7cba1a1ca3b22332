import type { Session } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { fitItems } from './budget.ts';
import { ContactLabelView, contactLabel, contactLabelText } from './contact.ts';
import { compact, type PresentContext, type Presented } from './present.ts';
import { ticketText } from './session.ts';
import { age, isoTime } from './time.ts';
import { cleanLine, dataBlock, word } from './untrusted.ts';

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
});
type SessionRow = z.infer<typeof SessionRow>;

export const SessionListView = z.object({
  sessions: z.array(SessionRow),
  shown: z.number(),
  more: z.boolean(),
  next_cursor: z.string().describe('Pass as cursor for the next page').optional(),
});

function sessionRow(session: Session): SessionRow {
  return {
    id: cleanLine(session.id),
    ticket_number: session.ticket_number,
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    ...compact({
      handed_off: session.handoff ? (true as const) : undefined,
      sentiment: session.sentiment ? cleanLine(session.sentiment) : undefined,
      contact: contactLabel(session.contact),
    }),
    created_at: isoTime(session.created_at),
    updated_at: isoTime(session.updated_at),
  };
}

/**
 * Sessions one a line. What does not fit one result is left for the next page.
 * @param more whether the list goes on behind `sessions`.
 * @param cursorAfter makes the cursor that continues behind the first `n` of `sessions`.
 */
export function presentSessionList(
  sessions: readonly Session[],
  more: boolean,
  cursorAfter: (n: number) => string,
  context: PresentContext,
): Presented<z.infer<typeof SessionListView>> {
  const rows = sessions.map(sessionRow);
  return fitItems(rows.length, (n) => {
    const goesOn = more || n < rows.length;
    const view = {
      sessions: rows.slice(0, n),
      shown: n,
      more: goesOn,
      ...(goesOn ? { next_cursor: cursorAfter(n) } : {}),
    };
    return { view, text: listText(view, context) };
  });
}

function listText(view: z.infer<typeof SessionListView>, { now, nonce }: PresentContext): string {
  if (view.shown === 0) {
    return view.more
      ? `No sessions so far; the list goes on. Next: cursor ${view.next_cursor}`
      : 'No sessions match.';
  }
  return [
    view.more
      ? `${sessionCount(view.shown)}, and there are more. Next page: cursor ${view.next_cursor}`
      : `${sessionCount(view.shown)}; the list ends here.`,
    ...dataBlock(
      view.sessions.map((row) => rowLine(row, now)),
      nonce,
    ),
  ].join('\n');
}

function sessionCount(n: number): string {
  return n === 1 ? '1 session' : `${n} sessions`;
}

function rowLine(row: SessionRow, now: Date): string {
  const facts = [
    [word(row.id), ticketText(row.ticket_number), word(row.status), word(row.channel)]
      .filter(Boolean)
      .join(' '),
    row.handed_off && 'handed off',
    row.sentiment && word(row.sentiment),
    `created ${row.created_at} (${age(row.created_at, now)}) updated ${row.updated_at} (${age(row.updated_at, now)})`,
  ].filter(Boolean);
  return `${facts.join(', ')}: ${contactLabelText(row.contact)}`;
}
