import type { SendMessageBody } from '../../client/client.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { partyOf } from '../../contract/history.ts';
import type { OpenAttempt } from '../../state/send-log.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { type HistoryWindow, readNewestMessages } from '../reading/newest-messages.ts';
import { foldAddress, foldText } from './idempotency-key.ts';

/** How far the times of the history may be from the API's `Date` header, in either direction. */
export const historySkewMs = 5000;

/**
 * A message that the API took in is in the history a minute after its request ended at the latest. This is an
 * assumption: the documents do not say how long it takes.
 */
const appearsWithinMs = 60_000;

/** Newest entries read to find a message. Only a complete reading can tell that it is not there. */
const readBackLimit = 200;

/** What one look into the history told about a message whose outcome is unknown. */
export type Look =
  | { readonly state: 'found'; readonly messageId: string }
  /** It is not there and will not appear. That is recorded, so it may be sent again. */
  | { readonly state: 'absent' }
  /** @property pagesRead undefined if another look cannot tell more. */
  | { readonly state: 'undecided'; readonly pagesRead: number | undefined };

/**
 * Looks for a message once. It never guesses: to be found, an entry has to agree in all that is known; to be absent,
 * nothing in the complete history may look like it.
 * @param startedAt when its request began, by the monotonic clock, if this process made it.
 */
export async function lookForSent(
  sessionId: string,
  body: SendMessageBody,
  attempt: OpenAttempt,
  startedAt: number | undefined,
  { client, call, clock, now }: Context,
): Promise<Look> {
  const isLate = attempt.quietMs() >= appearsWithinMs;
  const limit = isLate ? Number.POSITIVE_INFINITY : readBackLimit;
  let pagesRead = 0;
  async function* pages() {
    for await (const page of client.historyPages(sessionId, call)) {
      pagesRead += 1;
      yield page;
    }
  }
  // A history that cannot be read leaves the outcome unknown; that is not an error of its own.
  const window = await readNewestMessages(pages(), { limit, includeEvents: true, now }).catch(
    () => undefined,
  );
  const offset = client.clockOffset();
  if (!window?.newestReached || offset === undefined) return { state: 'undecided', pagesRead: undefined };

  // The wall clock may have been set since, so what this process can measure comes first.
  const serverNow = clock.now() + offset;
  const measured = startedAt === undefined ? undefined : serverNow - (clock.monotonic() - startedAt);
  if (measured !== undefined && attempt.serverBegan === undefined) await attempt.unknown(measured);
  const certain = measured ?? attempt.serverBegan;
  const began = certain ?? attempt.began.getTime() + offset;
  const quietSince = serverNow - attempt.quietMs();
  const isOurs = (item: HistoryItem) =>
    isSameMessage(item, body) &&
    parseTime(item.created_at) >= toSecond(began) - historySkewMs &&
    parseTime(item.created_at) <= quietSince + appearsWithinMs &&
    !(parseTime(item.created_at) <= (attempt.seenUpTo ?? Number.NEGATIVE_INFINITY));
  const candidates = window.items.filter(isOurs).flatMap(({ id }) => id || []);
  const messageId = await attempt.found(candidates);
  if (messageId !== undefined) return { state: 'found', messageId };
  // An entry that cannot be read may be the message.
  const isWhole = window.complete && !window.unreadable;
  const isAbsent = isLate && isWhole && !(await mayBeThere(window, body, attempt, began, certain));
  return isAbsent && (await attempt.absent()) ? { state: 'absent' } : { state: 'undecided', pagesRead };
}

/**
 * Whether anything in the history may be the message after all: its words, whoever they are from, or, because the API may
 * change words, anything of its sender from the minute of the request.
 * @param certain when it began by the API's clock. Without it, its words may be of any time.
 */
async function mayBeThere(
  { items }: HistoryWindow,
  body: SendMessageBody,
  attempt: OpenAttempt,
  began: number,
  certain: number | undefined,
): Promise<boolean> {
  const words = foldText(body.message.text);
  const wasSeen = (at: number) => at < (attempt.seenUpTo ?? Number.NEGATIVE_INFINITY) - historySkewMs;
  const similar = items.filter(({ created_at, event }) => {
    const at = parseTime(created_at);
    if (wasSeen(at)) return false;
    const hasWords = foldText(event.content?.text ?? '') === words;
    const isEarlier = certain !== undefined && at < toSecond(certain) - historySkewMs;
    if (hasWords && !isEarlier) return true;
    const isOfSender = event.type.endsWith('message') && partyOf(event.sender?.type) === body.sender;
    // Also true of a time that cannot be read.
    return isOfSender && !(Math.abs(at - began) > appearsWithinMs);
  });
  const ids = similar.flatMap(({ id }) => id || []);
  return ids.length < similar.length || (await attempt.unclaimed(ids)).length > 0;
}

/** The `Date` header tells whole seconds only. */
function toSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Whether an entry of the history is this message, as far as the history tells. */
export function isSameMessage({ event }: HistoryItem, { sender, message, agent }: SendMessageBody): boolean {
  const name = event.sender?.name;
  const isOtherAgent = agent?.name && name && foldText(agent.name) !== foldText(name);
  return (
    event.type === 'message' &&
    partyOf(event.sender?.type) === sender &&
    !isOtherAgent &&
    foldText(event.content?.text ?? '') === foldText(message.text) &&
    hasSameFiles(message.attachments ?? [], event.attachments ?? [])
  );
}

type SentFile = NonNullable<SendMessageBody['message']['attachments']>[number];
type ShownFile = NonNullable<HistoryItem['event']['attachments']>[number];

function hasSameFiles(sent: readonly SentFile[], shown: readonly ShownFile[]): boolean {
  const left = [...shown];
  for (const file of sent) {
    const at = left.findIndex((other) => isSameFile(file, other));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** The API may store a file elsewhere and fill in what was left out, so only what both sides tell is compared. */
function isSameFile({ name, url, base64, mime_type }: SentFile, shown: ShownFile): boolean {
  if (name && shown.name && foldText(name) !== foldText(shown.name)) return false;
  if (mime_type && isTold(shown.type) && foldType(mime_type) !== foldType(shown.type)) return false;
  if (base64 !== undefined) return !shown.size || shown.size === Buffer.byteLength(base64, 'base64');
  if (!URL.canParse(url ?? '') || !URL.canParse(shown.url)) return true;
  const isMoved = new URL(url ?? '').host !== new URL(shown.url).host;
  return isMoved || foldAddress(url ?? '') === foldAddress(shown.url);
}

function isTold(type: string): boolean {
  return !['', 'unknown', 'application/octet-stream'].includes(type);
}

function foldType(type: string): string {
  const [essence = ''] = type.toLowerCase().split(';', 1);
  return essence.trimEnd();
}
