import type { SearchResults } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { fitItems } from './budget.ts';
import { excerpt } from './excerpt.ts';
import { readableText } from './html.ts';
import { NextCalls, nextCalls, nextLines } from './next-calls.ts';
import { compact, type PresentContext, type Presented } from './present.ts';
import { clean, cleanLine, dataBlock, quoted, word } from './untrusted.ts';

const MatchView = z.object({ type: z.string().optional(), text: z.string() });

export const SearchView = z.object({
  contacts: z
    .array(
      z.object({
        id: z.string(),
        name: z.string().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
      }),
    )
    .describe('Whether they are verified, get_session tells'),
  sessions: z.array(z.object({ id: z.string(), matches: z.array(MatchView) })),
  left_out: z.number().describe('Hits that did not fit').optional(),
  note: z.string().optional(),
  next: NextCalls,
});

const maxMatchCharacters = 300;

/** The API does not say whether it found more than it gave; from these lengths on a list looks as if it were cut. */
const longLists = { contacts: 20, messages: 50 };

/**
 * Contacts and sessions that a search found; the messages found are grouped by their session, and each is shown
 * around the first word of the query that occurs in it. What does not fit is cut from the end: messages first.
 */
export async function presentSearch(
  results: SearchResults,
  query: string,
  context: PresentContext,
): Promise<Presented<z.infer<typeof SearchView>>> {
  const contacts = results.contacts.map((contact) => ({
    id: cleanLine(contact.id),
    ...compact({
      name: contact.name ? cleanLine(contact.name) : undefined,
      email: contact.email ? cleanLine(contact.email) : undefined,
      phone: contact.phone ? cleanLine(contact.phone) : undefined,
    }),
  }));
  const messages = await Promise.all(
    results.messages.map(async (message) => {
      const { text } = await readableText(message.message);
      return { ...message, message: excerpt(clean(text).trim(), query, maxMatchCharacters) };
    }),
  );
  const count = contacts.length + messages.length;
  const long = contacts.length >= longLists.contacts || messages.length >= longLists.messages;
  return fitItems(count, (n) => {
    const sessions = groupBySession(messages.slice(0, Math.max(0, n - contacts.length)));
    const [only, ...others] = sessions;
    // Of several sessions the matches tell which one to read; a lone one is read next in any case.
    const read =
      only && others.length === 0
        ? [{ tool: 'get_session', arguments: { session_id: only.id, history_limit: 10 } }]
        : [];
    const view = {
      contacts: contacts.slice(0, n),
      sessions,
      ...compact({
        left_out: n < count ? count - n : undefined,
        note: searchNote(contacts.length, messages.length, long),
      }),
      ...nextCalls(read, context),
    };
    return { view, text: searchText(view, context) };
  });
}

/** What a hit does not say of itself, in both renderings: some clients hand on only one of them. */
function searchNote(contacts: number, messages: number, long: boolean): string {
  return [
    long &&
      'This is a long list, and the API does not say whether it is whole: there may be more. Narrow the query.',
    contacts > 0 && 'Names and e-mails of contacts may be only claimed: get_session tells.',
    contacts > 0 &&
      messages === 0 &&
      'Their ids are no session ids: search for words of the conversation, or look for the name in list_sessions.',
  ]
    .filter(Boolean)
    .join(' ');
}

function groupBySession(messages: SearchResults['messages']): z.infer<typeof SearchView>['sessions'] {
  const sessions = new Map<string, z.infer<typeof MatchView>[]>();
  for (const message of messages) {
    const matches = sessions.get(message.session_id) ?? [];
    matches.push({
      // Nearly every hit is a message; the type is worth its tokens only where it is something else.
      ...compact({ type: message.type && message.type !== 'message' ? cleanLine(message.type) : undefined }),
      text: message.message,
    });
    sessions.set(message.session_id, matches);
  }
  return [...sessions].map(([id, matches]) => ({ id: cleanLine(id), matches }));
}

function searchText(view: z.infer<typeof SearchView>, { nonce }: PresentContext): string {
  if (view.contacts.length === 0 && view.sessions.length === 0) return 'Nothing found.';
  const lines = [
    ...view.contacts.map(({ id, name, email, phone }) => {
      const known = [name, email, phone].filter((part) => part !== undefined);
      const facts =
        known.length > 0 ? known.map((part) => quoted(part)).join(' ') : 'no name, e-mail or phone';
      return `contact ${word(id)} ${facts}`;
    }),
    ...view.sessions.flatMap(({ id, matches }) => [
      `session ${word(id)}`,
      ...matches.map(
        ({ type, text }) =>
          `  ${type ? `${word(type)} ` : ''}${text ? quoted(text, maxMatchCharacters + 2) : 'no visible text'}`,
      ),
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
