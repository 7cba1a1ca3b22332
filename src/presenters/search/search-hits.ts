import type { SearchResults, SessionContact } from '../../contract/entities.ts';
import type { Search } from '../../conversations/reading/search-conversations.ts';
import { cleanLine } from '../../text/clean.ts';
import { timeWithAge } from '../../text/time-format.ts';
import { contactLabel, contactLabelText } from '../contact.ts';
import { unsafeMarkupNote } from '../message.ts';
import { readingNote } from '../reading-note.ts';
import { nextCalls, nextLines } from '../rendering/next-calls.ts';
import { bareToken, dataBlock, quoted } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented, presented } from '../rendering/rendering.ts';
import { fitToSize } from '../rendering/size-limit.ts';
import { senderText } from '../sender-name.ts';
import { ticketText } from '../session.ts';
import { type Hit, maxMatchCharacters, readHits, withSender, worthShowing } from './search-matches.ts';
import type { MatchView, SearchView } from './search-view.ts';

/** Hits of each kind that are read. More would never fit one result. */
const maxRead = 200;

/** The API does not say whether it returned all results. A list of this length or more may have been cut. */
const longLists = { contacts: 20, messages: 50 };

/**
 * The contacts and sessions that a search found. Messages are grouped by session, and each is shown around its first
 * match. Mails that match only in earlier mail they quote are counted. If not all fits, hits are cut from the end:
 * messages first.
 */
export async function presentSearch(
  { results, byNumber, contacts: known, sessions: details }: Search,
  query: string,
  context: PresentContext,
): Promise<Presented<SearchView>> {
  const contacts = results.contacts
    .slice(0, maxRead)
    .map((contact) => contactHit(contact, known.get(contact.id)));
  const hits = await readHits(results.messages.slice(0, maxRead), query, context.signal);
  const bySession = new Map<string, Hit[]>();
  for (const hit of hits) {
    const ofSession = bySession.get(hit.session_id) ?? [];
    ofSession.push(hit);
    bySession.set(hit.session_id, ofSession);
  }
  // A match in quoted mail is shown only if its session has no other.
  const worth = new Set([...bySession.values()].flatMap(worthShowing));
  const messages = hits.filter((hit) => worth.has(hit));
  const count = contacts.length + messages.length;
  const long = contacts.length >= longLists.contacts || hits.length >= longLists.messages;
  const unread =
    Math.max(0, results.contacts.length - maxRead) + Math.max(0, results.messages.length - maxRead);
  const numbered = byNumber
    .filter(({ id }) => !bySession.has(id))
    .map((session) => sessionHits(session.id, [], new Set(), { session, messages: new Map() }));
  return fitToSize(count, (n) => {
    const shown = new Set(messages.slice(0, Math.max(0, n - contacts.length)));
    const matching = [...bySession]
      .filter(([, ofSession]) => ofSession.some((hit) => shown.has(hit)))
      .map(([id, ofSession]) => sessionHits(id, ofSession, shown, details.get(id)));
    const sessions = [...numbered, ...matching];
    const [only, ...others] = sessions;
    // With several sessions, the matches tell which one to read. A single one is read next in any case.
    const read =
      only && others.length === 0
        ? [{ tool: 'get_session', arguments: { session_id: only.id, history_limit: 10 } }]
        : [];
    const view = {
      contacts: contacts.slice(0, n),
      sessions,
      ...omitEmpty({
        left_out: n < count + unread ? count + unread - n : undefined,
        note: [
          readingNote(results),
          searchNote(contacts.length, messages.length + numbered.length, long, context.tools),
        ]
          .filter(Boolean)
          .join(' '),
      }),
      ...nextCalls(read, context),
    };
    return presented<SearchView>(
      view,
      (shown) => searchText(shown, readingNote(results) === '', context),
      context,
    );
  });
}

/**
 * A search matches what a person claims, but shows only what is verified. A hit without a name or email was found by a
 * claim or by its phone number.
 */
function contactHit(
  { id, name, email, phone }: SearchResults['contacts'][number],
  known: SessionContact | undefined,
): SearchView['contacts'][number] {
  const shown = omitEmpty({
    name: name ? cleanLine(name) : undefined,
    email: email ? cleanLine(email) : undefined,
    phone: phone ? cleanLine(phone) : undefined,
  });
  if (shown.name !== undefined || shown.email !== undefined) return { id: cleanLine(id), ...shown };
  return {
    id: cleanLine(id),
    ...shown,
    ...(contactLabel(known ? { contact: known } : {}) ?? (phone ? {} : { claimed: true as const })),
  };
}

/** What the hits do not say. It is in both renderings, because some clients pass on only one of them. */
function searchNote(
  contacts: number,
  messages: number,
  long: boolean,
  tools: readonly string[] | undefined,
): string {
  if (contacts === 0 && messages === 0) return notSearched(tools);
  return [
    long &&
      'This is a long list, and the API does not say whether it is complete: there may be more. Narrow the query.',
    contacts > 0 && 'Names and emails of contacts may be only claimed: get_session tells.',
    messages === 0 &&
      'Contact ids are not session ids: search for words of the conversation, or look for the name in list_sessions.',
  ]
    .filter(Boolean)
    .join(' ');
}

function sessionHits(
  id: string,
  ofSession: readonly Hit[],
  shown: ReadonlySet<Hit>,
  details: Detail | undefined,
): SearchView['sessions'][number] {
  const quoting = ofSession.length - worthShowing(ofSession).length;
  const known = typeof details === 'object' ? details : undefined;
  const contact = known?.session.contact;
  return {
    id: cleanLine(id),
    ...omitEmpty({
      ticket_number: known?.session.ticket_number,
      status: known && cleanLine(known.session.status),
      channel: known && cleanLine(known.session.channel.type),
      contact: known && contactLabel(known.session),
      details_unknown: typeof details === 'string' ? details : undefined,
    }),
    matches: ofSession
      .filter((hit) => shown.has(hit))
      .map(({ match, message_id }) => withSender(match, known?.messages.get(message_id), contact)),
    ...omitEmpty({ more_in_quoted_mail: quoting > 0 ? quoting : undefined }),
  };
}

type Detail = Search['sessions'] extends ReadonlyMap<string, infer Value> ? Value : never;

/** What the API does not search. A file or a ticket may be there all the same. */
function notSearched(tools: readonly string[] = []): string {
  const where = tools.includes('find_messages')
    ? 'with find_messages (has_attachment)'
    : 'in the transcripts';
  return `The API searches contacts and the words of messages, but neither file names nor ticket numbers: look for a file ${where}, and pass a ticket number (#4521) as session_id.`;
}

/** @param allRead whether everything that the API found could be read. */
function searchText(view: SearchView, allRead: boolean, context: PresentContext): string {
  if (view.contacts.length === 0 && view.sessions.length === 0) {
    return [allRead ? 'Nothing found.' : 'Nothing found that could be read.', view.note].join(' ');
  }
  const matching = view.sessions.filter(({ matches }) => matches.length > 0).length;
  const numbered = view.sessions.length - matching;
  return [
    `Found: contacts ${view.contacts.length}, sessions with matching messages ${matching}.${numbered > 0 ? ` Sessions with this ticket number: ${numbered}.` : ''}`,
    ...(view.left_out ? [`Cut to fit one result: ${view.left_out} more hits are not shown.`] : []),
    ...(view.note ? [view.note] : []),
    ...nextLines(view),
    ...dataBlock(
      [...view.contacts.map(contactLine), ...view.sessions.flatMap((row) => sessionLines(row, context))],
      context.nonce,
    ),
  ].join('\n');
}

function contactLine({ id, name, email, phone, claimed }: SearchView['contacts'][number]): string {
  const known = [name, email].filter((part) => part !== undefined).map((part) => quoted(part));
  const facts = [
    claimed ? `claimed: ${known.join(' ') || 'name or email not shown by the API'}` : known.join(' '),
    phone && `phone, verification unknown: ${quoted(phone)}`,
  ].filter(Boolean);
  return `contact ${bareToken(id)} ${facts.join(', ')}`;
}

function sessionLines(row: SearchView['sessions'][number], context: PresentContext): string[] {
  const { status, channel, details_unknown: unknown, more_in_quoted_mail: quoting } = row;
  const head = [
    `session ${bareToken(row.id)}`,
    ticketText(row.ticket_number),
    status && bareToken(status),
    channel && bareToken(channel),
    unknown ? `(details not read: ${unknown})` : status && contactLabelText(row.contact),
  ];
  return [
    head.filter(Boolean).join(' '),
    ...row.matches.map((match) => `  ${matchText(match, context)}`),
    ...(quoting ? [`  further messages that match only in quoted mail: ${quoting}`] : []),
  ];
}

function matchText(
  { at, from, type, text, unsafe_chars: unsafe, ...names }: MatchView,
  { now }: PresentContext,
) {
  const words = text
    ? quoted(text, maxMatchCharacters + 2)
    : unsafe
      ? unsafeMarkupNote(unsafe)
      : 'no visible text';
  const who = from === undefined ? '' : `${senderText({ from, ...names })}:`;
  return [at && timeWithAge(at, now), type && bareToken(type), who, words].filter(Boolean).join(' ');
}
