import type { SendMessageBody } from '../client/client.ts';
import type { HistoryItem } from '../contract/read.ts';
import type { OpenAttempt, SendIdentity } from '../ledger/ledger.ts';
import { partyOf } from '../presenters/transcript.ts';
import { clean } from '../presenters/untrusted.ts';
import type { ToolContext } from './define-tool.ts';
import { AlreadySentError, DeliveryUnknownError } from './errors.ts';
import { readWindow } from './history-window.ts';

/** A message that certainly stands in the session: sent with an answer, or found there after the answer was lost. */
export interface Delivery {
  readonly outcome: 'sent' | 'found';
  readonly messageId: string | undefined;
}

/** Part of a call's time that a send may take; the rest is kept for reading the history back. */
const sendShare = 0.75;

/** Newest messages looked at when reading back. */
const readBackLimit = 200;

/**
 * Sends a message, and never twice. Its intent is on disk before the request leaves; a lost answer is settled by
 * reading the history back, and a repetition within ten minutes is refused or settled the same way.
 * @throws AlreadySentError, DeliveryUnknownError, LedgerError, or the API's refusal as an OpenCxError.
 */
export async function sendOnce(
  sessionId: string,
  body: SendMessageBody,
  allowDuplicate: boolean,
  context: ToolContext,
): Promise<Delivery> {
  const { text, attachments } = body.message;
  const send = { sessionId, sender: body.sender, text, attachments };
  const work = () => claimAndSend(send, body, allowDuplicate, context);
  // Two equal calls at once are one send with one outcome, unless the second says that it means another.
  return allowDuplicate ? work() : context.ledger.together(send, context.call.signal, work);
}

async function claimAndSend(
  send: SendIdentity,
  body: SendMessageBody,
  allowDuplicate: boolean,
  context: ToolContext,
): Promise<Delivery> {
  const { client, call, ledger } = context;
  const claim = await ledger.claim(send, allowDuplicate);
  if (claim.state === 'sent') throw new AlreadySentError(send.sessionId, claim.began);
  if (claim.state === 'unknown') return settle(send, claim.attempt, false, context);

  const now = Date.now();
  const deadline = now + (call.deadline - now) * sendShare;
  const sent = await client.sendMessage(send.sessionId, body, { ...call, deadline });
  if (sent.outcome === 'rejected') {
    await claim.attempt.rejected();
    throw sent.error;
  }
  if (sent.outcome === 'unknown') {
    await claim.attempt.unknown();
    return settle(send, claim.attempt, true, context);
  }
  await claim.attempt.sent(sent.messageId);
  return { outcome: 'sent', messageId: sent.messageId };
}

/** Looks for a message whose outcome is unknown. It never guesses: whatever is not certain stays unknown. */
async function settle(
  send: SendIdentity,
  attempt: OpenAttempt,
  sentNow: boolean,
  context: ToolContext,
): Promise<Delivery> {
  const found = await findInHistory(send, attempt, context);
  if (found === undefined) {
    const problem = sentNow
      ? 'The message left, but no readable answer came.'
      : 'The same message was tried before, and its answer was lost. Nothing was sent now.';
    throw new DeliveryUnknownError(send.sessionId, problem, sentNow);
  }
  await attempt.sent(found);
  return { outcome: 'found', messageId: found };
}

async function findInHistory(
  send: SendIdentity,
  attempt: OpenAttempt,
  { client, call, ledger, now }: ToolContext,
): Promise<string | undefined> {
  const pages = client.historyPages(send.sessionId, call);
  // A history that cannot be read leaves the outcome as unknown as it was; that is no error of its own.
  const window = await readWindow(pages, { limit: readBackLimit, includeEvents: false, now }).catch(
    () => undefined,
  );
  const offset = client.clockOffset();
  if (window === undefined || !window.newestReached || offset === undefined) return undefined;
  // By the server's clock, and to the second: that is all that its Date header tells.
  const began = Math.floor((attempt.began.getTime() + offset) / 1000) * 1000;
  for (const item of window.items) {
    if (!item.id || Date.parse(item.created_at) < began || !isSame(item, send)) continue;
    if (!(await ledger.isRecorded(send.sessionId, item.id))) return item.id;
  }
  return undefined;
}

/** Whether an entry of the history is a message of this sender and these words. */
export function isSame(
  { event }: HistoryItem,
  { sender, text }: Pick<SendIdentity, 'sender' | 'text'>,
): boolean {
  return partyOf(event.sender?.type) === sender && normalise(event.content?.text ?? '') === normalise(text);
}

/** An API may trim or fold white space on its way; the words are what tells two messages apart. */
function normalise(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}
