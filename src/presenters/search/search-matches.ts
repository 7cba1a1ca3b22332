import type { HistoryItem, SearchResults, Session } from '../../contract/entities.ts';
import { clean, cleanLine } from '../../text/clean.ts';
import { excerpt, findQuery } from '../../text/excerpt.ts';
import { quotedReplies } from '../../text/mail/quoted-reply.ts';
import { readableText } from '../../text/mail/readable-text.ts';
import { isoTime } from '../../text/time-format.ts';
import { nextTurn } from '../../time/clock.ts';
import { omitEmpty } from '../rendering/rendering.ts';
import { senderView, withVerifiedName } from '../sender-name.ts';
import type { MatchView } from './search-view.ts';

export const maxMatchCharacters = 300;

const longHitCharacters = 10_000;

/** A message that was found. */
export interface Hit {
  readonly session_id: string;
  readonly message_id: string;
  readonly match: MatchView;
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

/** Reads the messages of a search: each is cut around its first match. */
export async function readHits(
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
  const { session_id, id, type } = message;
  const rank = (one: string) => findQuery(one, query)?.part ?? Number.POSITIVE_INFINITY;
  const quotes = rank(whole) < rank(own);
  const shown = excerpt(quotes ? whole : own, query, maxMatchCharacters);
  return {
    session_id,
    message_id: id,
    quotes,
    match: {
      // Nearly every hit is a message, so only other types are worth their tokens.
      ...omitEmpty({ type: type && type !== 'message' ? cleanLine(type) : undefined }),
      text: quotes || own === whole ? shown : shown.replace(/…?$/, '…'),
      ...omitEmpty({ unsafe_chars: isUnsafe ? unread : undefined }),
    },
  };
}

/** Matches in quoted mail are shown only if a session has no other. */
export function worthShowing(ofSession: readonly Hit[]): readonly Hit[] {
  const own = ofSession.filter(({ quotes }) => !quotes);
  return own.length > 0 ? own : ofSession.slice(0, 1);
}

/** The match with who wrote it and when. */
export function withSender(
  match: MatchView,
  item: HistoryItem | undefined,
  contact: Session['contact'],
): MatchView {
  if (item === undefined) return match;
  const [sender] = withVerifiedName([senderView(item.event.sender)], contact);
  return { at: isoTime(item.created_at), ...sender, ...match };
}
