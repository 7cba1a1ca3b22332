import type { SearchResults } from '../contract/read.ts';
import { z } from '../contract/zod.ts';
import { fitItems } from './budget.ts';
import { compact, type PresentContext, type Presented } from './present.ts';
import { cleanLine, cleanText, dataBlock, quoted, word } from './untrusted.ts';

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
    .describe('Whether these names and addresses are verified is unknown here; get_session tells'),
  sessions: z.array(z.object({ id: z.string(), matches: z.array(MatchView) })),
  left_out: z.number().describe('Hits that did not fit').optional(),
});

const maxMatchCharacters = 300;

/**
 * Contacts and sessions that a search found; the messages found are grouped by their session. What does not fit is
 * cut from the end: messages first.
 */
export function presentSearch(
  results: SearchResults,
  context: PresentContext,
): Presented<z.infer<typeof SearchView>> {
  const contacts = results.contacts.map((contact) => ({
    id: cleanLine(contact.id),
    ...compact({
      name: contact.name ? cleanLine(contact.name) : undefined,
      email: contact.email ? cleanLine(contact.email) : undefined,
      phone: contact.phone ? cleanLine(contact.phone) : undefined,
    }),
  }));
  const count = contacts.length + results.messages.length;
  return fitItems(count, (n) => {
    const view = {
      contacts: contacts.slice(0, n),
      sessions: groupBySession(results.messages.slice(0, Math.max(0, n - contacts.length))),
      ...compact({ left_out: n < count ? count - n : undefined }),
    };
    return { view, text: searchText(view, context) };
  });
}

function groupBySession(messages: SearchResults['messages']): z.infer<typeof SearchView>['sessions'] {
  const sessions = new Map<string, z.infer<typeof MatchView>[]>();
  for (const message of messages) {
    const matches = sessions.get(message.session_id) ?? [];
    matches.push({
      // Nearly every hit is a message; the type is worth its tokens only where it is something else.
      ...compact({ type: message.type && message.type !== 'message' ? cleanLine(message.type) : undefined }),
      text: cleanText(message.message, maxMatchCharacters),
    });
    sessions.set(message.session_id, matches);
  }
  return [...sessions].map(([id, matches]) => ({ id: cleanLine(id), matches }));
}

function searchText(view: z.infer<typeof SearchView>, { nonce }: PresentContext): string {
  if (view.contacts.length === 0 && view.sessions.length === 0) return 'Nothing found.';
  const lines = [
    ...view.contacts.map((contact) =>
      [`contact ${word(contact.id)}`, contact.name, contact.email, contact.phone]
        .filter((part) => part !== undefined)
        .map((part, index) => (index === 0 ? part : quoted(part)))
        .join(' '),
    ),
    ...view.sessions.flatMap(({ id, matches }) => [
      `session ${word(id)}`,
      ...matches.map(
        ({ type, text }) => `  ${type ? `${word(type)} ` : ''}${quoted(text, maxMatchCharacters)}`,
      ),
    ]),
  ];
  return [
    `Found: contacts ${view.contacts.length}, sessions with matching messages ${view.sessions.length}.`,
    ...(view.left_out ? [`Cut to fit one result: ${view.left_out} more hits are not shown.`] : []),
    ...(view.contacts.length > 0
      ? ['Whether these contacts are verified is not said here; get_session tells.']
      : []),
    ...dataBlock(lines, nonce),
  ].join('\n');
}
