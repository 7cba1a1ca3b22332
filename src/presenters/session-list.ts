import type { Session } from '../contract/entities.ts';
import { z } from '../contract/zod.ts';
import type { Coverage } from '../conversations/analysis/coverage.ts';
import type { ContactMatch } from '../conversations/listing/contact-filter.ts';
import { cleanLine } from '../text/clean.ts';
import { isoTime, shortAge, timeBehind } from '../text/time-format.ts';
import { CoverageView, changedLines, coverageLine, coverageView, pageLine } from './analysis/coverage.ts';
import { ContactLabelView, contactLabel, contactLabelText, contactView } from './contact.ts';
import { type LastMessageView, lastMessageFields, lastMessageLines } from './last-message.ts';

import { type NextCall, NextCalls, nextCalls, nextLines } from './rendering/next-calls.ts';
import { bareToken, dataBlock, quoted } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from './rendering/rendering.ts';
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
  match: z
    .string()
    .describe('How it belongs to the wanted contact: verified, claimed, or unknown (phone)')
    .optional(),
  claim: z.string().describe('The name and email that are claimed').optional(),
  created_at: z.string(),
  updated_at: z.string(),
  ...lastMessageFields,
});
type SessionRow = z.infer<typeof SessionRow>;

export const SessionListView = z.object({
  sessions: z.array(SessionRow),
  coverage: CoverageView.describe('Of a list by contact').optional(),
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

function sessionRow(session: Session, match?: ContactMatch): SessionRow {
  return {
    id: cleanLine(session.id),
    ticket_number: session.ticket_number,
    status: cleanLine(session.status),
    channel: cleanLine(session.channel.type),
    ...omitEmpty({
      handed_off: session.handoff ? (true as const) : undefined,
      sentiment: session.sentiment ? cleanLine(session.sentiment) : undefined,
      contact: contactLabel(session),
      match,
      claim: match === 'claimed' ? claimOf(session) : undefined,
    }),
    created_at: isoTime(session.created_at),
    updated_at: isoTime(session.updated_at),
  };
}

/** What a person claims who is found by it, if the row shows verified data of the same contact. */
function claimOf(session: Session): string | undefined {
  const { contact } = session;
  if (!contact || contactLabel(session)?.claimed) return undefined;
  const { unverified } = contactView(contact);
  return [unverified?.name, unverified?.email].filter(Boolean).join(' ');
}

/** What else a list may show. */
interface ListExtras {
  /** What could not be read; may be empty. */
  readonly note?: string;
  /** The last message of each session; absent if not requested. */
  readonly lastMessages?: readonly LastMessageView[] | undefined;
  /** How each session belongs to the wanted contact, and what that rests on; absent if none was wanted. */
  readonly matches?: readonly ContactMatch[] | undefined;
  readonly coverage?: Coverage | undefined;
}

/**
 * A list with one line for each session. Sessions that do not fit one result are left for the next page.
 * @param more whether the list continues after `sessions`.
 * @param cursorAfter makes the cursor that continues after the first `n` of `sessions`.
 */
export function presentSessionList(
  sessions: readonly Session[],
  more: boolean,
  cursorAfter: (n: number) => string,
  context: PresentContext,
  { note = '', lastMessages = [], matches, coverage }: ListExtras = {},
): Presented<SessionListView> {
  const rows = sessions.map((session, index) => ({
    ...sessionRow(session, matches?.[index]),
    ...lastMessages[index],
  }));
  return fitToSize(rows.length, (n) => {
    const hasMore = more || n < rows.length;
    const view = {
      sessions: rows.slice(0, n),
      ...(coverage ? { coverage: coverageView(coverage) } : {}),
      shown: n,
      more: hasMore,
      ...(hasMore ? { next_cursor: cursorAfter(n) } : {}),
      ...omitEmpty({ note }),
      ...nextCalls(readingCall(longestWait(rows.slice(0, n))), context),
    };
    return presented<SessionListView>(view, (shown) => listText(shown, context), context);
  });
}

/** The session whose customer has waited longest; undefined if no customer is known to be waiting. */
function longestWait(rows: readonly SessionRow[]): SessionRow | undefined {
  const since = ({ waiting_since, last_message }: SessionRow) =>
    Date.parse(waiting_since ?? last_message?.at ?? '');
  return rows
    .filter((row) => row.customer_waiting && !Number.isNaN(since(row)))
    .sort((a, b) => since(a) - since(b))[0];
}

/** The call that reads this session. */
function readingCall(session: SessionRow | undefined): NextCall[] {
  return session ? [{ tool: 'get_session', arguments: { session_id: session.id, history_limit: 10 } }] : [];
}

function waitingText({ sessions, more }: SessionListView): string {
  const ticket = ticketText(longestWait(sessions)?.ticket_number);
  const here = more ? 'Waiting longest on this page (others follow)' : 'Waiting longest';
  return ticket ? `${here}: ${ticket}.` : `${here}.`;
}

function listText(view: SessionListView, context: PresentContext): string {
  if (view.shown === 0) {
    return [
      ...coverageLines(view),
      view.more
        ? `No sessions so far, but there are more. Next: cursor ${view.next_cursor}`
        : view.note
          ? 'No sessions could be read.'
          : 'No sessions match.',
      ...(view.note ? [view.note] : []),
    ].join('\n');
  }
  return [
    ...coverageLines(view),
    view.more
      ? `${sessionCount(view.shown)}, and there are more. Next page: cursor ${view.next_cursor}`
      : `${sessionCount(view.shown)}${view.note ? '.' : '; the list ends here.'}`,
    ...(view.note ? [view.note] : []),
    ...nextLines(view).map((line) => `${waitingText(view)} ${line}`),
    'Each: id, ticket, status, channel, created and last changed (UTC, with age; time alone: same day), contact.',
    ...dataBlock(
      view.sessions.flatMap((row) => [rowLine(row, context.now), ...lastMessageLines(row, context)]),
      context.nonce,
    ),
  ].join('\n');
}

/** A list by contact is looked for among other sessions, so it says among how many. */
function coverageLines({ coverage, next_cursor, note, shown }: SessionListView): string[] {
  if (coverage === undefined) return [];
  const goesOn = shown > 0 && !note && next_cursor !== undefined;
  return [goesOn ? pageLine(coverage) : coverageLine(coverage, next_cursor), ...changedLines(coverage)];
}

/** Removes the `Z`: the header line of the list says that times are UTC. */
function columnTime(time: string): string {
  return time.replace(/(\d\d:\d\d)Z$/, '$1');
}

const matchTexts: Readonly<Record<string, string>> = {
  verified: '(match: verified)',
  claimed: '(match: claimed)',
  unknown: '(match: phone number, verification unknown)',
};

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
    row.match && matchTexts[row.match],
    row.claim && quoted(row.claim),
  ]
    .filter(Boolean)
    .join(' ');
}
