import type { SearchResults, SessionContact } from '../contract/entities.ts';
import { z } from '../contract/zod.ts';
import { clean, cleanLine } from '../text/clean.ts';
import { excerpt, findQuery } from '../text/excerpt.ts';
import { quotedReplies } from '../text/mail/quoted-reply.ts';
import { readableText } from '../text/mail/readable-text.ts';
import { nextTurn } from '../time/clock.ts';
import { contactLabel } from './contact.ts';
import { unsafeMarkupNote } from './message.ts';
import { readingNote } from './reading-note.ts';
import { NextCalls, nextCalls, nextLines } from './rendering/next-calls.ts';
import { bareToken, dataBlock, quoted } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented } from './rendering/rendering.ts';
import { fitToSize } from './rendering/size-limit.ts';

const MatchView = z.object({
  type: z.string().optional(),
  text: z.string(),
  unsafe_chars: z
    .number()
    .describe('Left out: characters of markup that could not be read safely')
    .optional(),
});

export const SearchView = z.object({
  contacts: z
    .array(
      z.object({
        id: z.string(),
        name: z.string().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
        claimed: z.literal(true).describe('Found by what the person only claims').optional(),
      }),
    )
    .describe('Without claimed, get_session tells whether they are verified'),
  sessions: z.array(
    z.object({
      id: z.string(),
      matches: z.array(MatchView),
      more_in_quoted_mail: z.number().describe('Further messages that match only in quoted mail').optional(),
    }),
  ),
  left_out: z.number().describe('Hits that did not fit').optional(),
  note: z.string().optional(),
  next: NextCalls,
});

type SearchView = z.infer<typeof SearchView>;

const maxMatchCharacters = 300;

/** Hits of each kind that are read. More would never fit one result. */
const maxRead = 200;

const longHitCharacters = 10_000;

/** The API does not say whether it returned all results. A list of this length or more may have been cut. */
const longLists = { contacts: 20, messages: 50 };

/**
 * The contacts and sessions that a search found. Messages are grouped by session, and each is shown around its first
 * match. Mails that match only in earlier mail they quote are counted. If not all fits, hits are cut from the end:
 * messages first.
 * @param found contacts of which the search shows no name or email, as sessions show them.
 */
export async function presentSearch(
  results: SearchResults,
  query: string,
  context: PresentContext,
  found: ReadonlyMap<string, SessionContact> = new Map(),
): Promise<Presented<z.infer<typeof SearchView>>> {
  const contacts = results.contacts
    .slice(0, maxRead)
    .map((contact) => contactHit(contact, found.get(contact.id)));
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
  return fitToSize(count, (n) => {
    const shown = new Set(messages.slice(0, Math.max(0, n - contacts.length)));
    const sessions = [...bySession]
      .filter(([, ofSession]) => ofSession.some((hit) => shown.has(hit)))
      .map(([id, ofSession]) => sessionHits(id, ofSession, shown));
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
        note: [readingNote(results), searchNote(contacts.length, messages.length, long)]
          .filter(Boolean)
          .join(' '),
      }),
      ...nextCalls(read, context),
    };
    return { view, text: searchText(view, context) };
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
    ...(contactLabel(known) ?? (phone ? {} : { claimed: true as const })),
  };
}

/** What the hits do not say. It is in both renderings, because some clients pass on only one of them. */
function searchNote(contacts: number, messages: number, long: boolean): string {
  return [
    long &&
      'This is a long list, and the API does not say whether it is complete: there may be more. Narrow the query.',
    contacts > 0 && 'Names and emails of contacts may be only claimed: get_session tells.',
    contacts > 0 &&
      messages === 0 &&
      'Contact ids are not session ids: search for words of the conversation, or look for the name in list_sessions.',
  ]
    .filter(Boolean)
    .join(' ');
}

interface Hit {
  readonly session_id: string;
  readonly match: z.infer<typeof MatchView>;
  /** Whether the message matches only in earlier mail that it quotes. */
  readonly quotes: boolean;
}

type FoundMessage = SearchResults['messages'][number];

/** A message that was found, as text. */
interface FoundText {
  readonly message: FoundMessage;
  readonly whole: string;
  readonly unread: number;
  readonly isUnsafe: boolean | undefined;
  /** Without the quoted mail of other hits. */
  own: string;
}

async function readHits(
  messages: readonly FoundMessage[],
  query: string,
  signal: AbortSignal | undefined,
): Promise<Hit[]> {
  const found: FoundText[] = [];
  for (const message of messages) {
    const read = await readableText(message.message, { signal });
    const { unread, isUnsafe } = read;
    found.push({ message, whole: clean(read.text).trim(), unread, isUnsafe, own: '' });
    // Each hit may be a long mail: other calls go on between two of them.
    if (message.message.length > longHitCharacters) await nextTurn();
  }
  // Hits have no times, but a mail is longer than the one that it quotes.
  const sessions = new Map<string, ReturnType<typeof quotedReplies>>();
  for (const hit of found.toSorted((a, b) => a.whole.length - b.whole.length)) {
    const replies = sessions.get(hit.message.session_id) ?? quotedReplies();
    sessions.set(hit.message.session_id, replies);
    hit.own = (await replies.strip(hit.whole)).text;
    replies.add(hit.whole);
    if (hit.whole.length > longHitCharacters) await nextTurn();
  }
  return found.map((hit) => readHit(hit, query));
}

function readHit({ message, whole, own, unread, isUnsafe }: FoundText, query: string): Hit {
  const { session_id, type } = message;
  const rank = (one: string) => findQuery(one, query)?.part ?? Number.POSITIVE_INFINITY;
  const quotes = rank(whole) < rank(own);
  const shown = excerpt(quotes ? whole : own, query, maxMatchCharacters);
  return {
    session_id,
    quotes,
    match: {
      // Nearly every hit is a message, so only other types are worth their tokens.
      ...omitEmpty({ type: type && type !== 'message' ? cleanLine(type) : undefined }),
      text: quotes || own === whole ? shown : shown.replace(/…?$/, '…'),
      ...omitEmpty({ unsafe_chars: isUnsafe ? unread : undefined }),
    },
  };
}

function worthShowing(ofSession: readonly Hit[]): readonly Hit[] {
  const own = ofSession.filter(({ quotes }) => !quotes);
  return own.length > 0 ? own : ofSession.slice(0, 1);
}

function sessionHits(id: string, ofSession: readonly Hit[], shown: ReadonlySet<Hit>) {
  const quoting = ofSession.length - worthShowing(ofSession).length;
  return {
    id: cleanLine(id),
    matches: ofSession.filter((hit) => shown.has(hit)).map(({ match }) => match),
    ...omitEmpty({ more_in_quoted_mail: quoting > 0 ? quoting : undefined }),
  };
}

function searchText(view: z.infer<typeof SearchView>, { nonce }: PresentContext): string {
  if (view.contacts.length === 0 && view.sessions.length === 0) {
    return view.note ? `Nothing found that could be read. ${view.note}` : 'Nothing found.';
  }
  const lines = [
    ...view.contacts.map(({ id, name, email, phone, claimed }) => {
      const known = [name, email].filter((part) => part !== undefined).map((part) => quoted(part));
      const facts = [
        claimed ? `claimed: ${known.join(' ') || 'name or email not shown by the API'}` : known.join(' '),
        phone && `phone, verification unknown: ${quoted(phone)}`,
      ].filter(Boolean);
      return `contact ${bareToken(id)} ${facts.join(', ')}`;
    }),
    ...view.sessions.flatMap(({ id, matches, more_in_quoted_mail }) => [
      `session ${bareToken(id)}`,
      ...matches.map(
        ({ type, text, unsafe_chars: unsafe }) =>
          `  ${type ? `${bareToken(type)} ` : ''}${text ? quoted(text, maxMatchCharacters + 2) : unsafe ? unsafeMarkupNote(unsafe) : 'no visible text'}`,
      ),
      ...(more_in_quoted_mail
        ? [`  further messages that match only in quoted mail: ${more_in_quoted_mail}`]
        : []),
    ]),
  ];
  return [
    `Found: contacts ${view.contacts.length}, sessions with matching messages ${view.sessions.length}.`,
    ...(view.left_out ? [`Cut to fit one result: ${view.left_out} more hits are not shown.`] : []),
    ...(view.note ? [view.note] : []),
    ...nextLines(view),
    ...dataBlock(lines, nonce),
  ].join('\n');
}
