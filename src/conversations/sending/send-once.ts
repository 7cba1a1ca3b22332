import type { SendMessageBody } from '../../client/client.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { partyOf } from '../../contract/history.ts';
import type { IdempotencyKey, OpenAttempt } from '../../state/send-log.ts';
import { clean } from '../../text/clean.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { AlreadySentError, DeliveryUnknownError } from '../errors.ts';
import { readNewestMessages } from '../reading/newest-messages.ts';
import { confirmSend, type InputRequired } from './confirm-send.ts';
import { requirePermission } from './require-permission.ts';

/** A message that is certainly in the session: sent and answered, or found there after the answer was lost. */
export interface Delivery {
  readonly outcome: 'sent' | 'found';
  readonly messageId: string | undefined;
}

/** Part of the call's time that the request may take. The rest is for reading the history back. */
const sendShare = 0.75;

/** Newest messages read to find one whose answer was lost. */
const readBackLimit = 200;

/** A message to be sent. */
interface Send {
  readonly sessionId: string;
  readonly body: SendMessageBody;
  readonly key: IdempotencyKey;
}

/**
 * Sends a message, and never twice: first permission is checked and a person confirms, then the intent is recorded, then the request is sent. A
 * lost answer is settled by reading the history back. The same message again within ten minutes is refused, or settled
 * in the same way.
 * @throws AlreadySentError, DeliveryUnknownError, NotAllowedError, SendLogError, or the API's refusal as an OpenCxError.
 */
export async function sendOnce(
  sessionId: string,
  body: SendMessageBody,
  allowDuplicate: boolean,
  context: Context,
): Promise<Delivery | InputRequired> {
  const { sendLog, call } = context;
  const send = { sessionId, body, key: keyOf(sessionId, body) };
  const work = async () => {
    await requirePermission({ operation: 'sendMessage', sessionId, body }, context);
    // A message that would be refused needs no confirmation.
    const isAllowed = allowDuplicate || (await sendLog.isNew(send.key));
    const question = isAllowed ? await confirmSend(sessionId, body, context) : undefined;
    return question ?? claimAndSend(send, allowDuplicate, context);
  };
  // Two equal calls at the same time are one send with one outcome, unless the second one asks for a duplicate.
  return allowDuplicate ? work() : sendLog.singleFlight(send.key, call.signal, work);
}

async function claimAndSend(send: Send, allowDuplicate: boolean, context: Context): Promise<Delivery> {
  const { sessionId, body, key } = send;
  const { client, call, sendLog } = context;
  const claim = await sendLog.claim(key, allowDuplicate);
  if (claim.state === 'sent') throw new AlreadySentError(sessionId, claim.began);
  if (claim.state === 'unknown') {
    const problem = 'The same message was tried before, and its outcome is not known. Nothing was sent now.';
    return settle(send, claim.attempt, problem, context);
  }
  const sent = await client.sendMessage(sessionId, body, {
    ...call,
    deadline: call.deadline.share(sendShare),
  });
  if (sent.outcome === 'rejected') {
    await claim.attempt.rejected();
    throw sent.error;
  }
  if (sent.outcome === 'unknown') {
    await claim.attempt.unknown();
    return settle(send, claim.attempt, 'The message was sent, but no readable answer came back.', context);
  }
  await claim.attempt.sent(sent.messageId);
  return { outcome: 'sent', messageId: sent.messageId };
}

/** Looks for a message whose outcome is unknown. It never guesses: what is not certain stays unknown. */
async function settle(
  send: Send,
  attempt: OpenAttempt,
  problem: string,
  context: Context,
): Promise<Delivery> {
  const messageId = await findInHistory(send, attempt, context);
  if (messageId === undefined) throw new DeliveryUnknownError(send.sessionId, problem);
  return { outcome: 'found', messageId };
}

async function findInHistory(
  { sessionId, body }: Send,
  attempt: OpenAttempt,
  { client, call, now }: Context,
): Promise<string | undefined> {
  const pages = client.historyPages(sessionId, call);
  // A history that cannot be read leaves the outcome unknown; that is not an error of its own.
  const window = await readNewestMessages(pages, { limit: readBackLimit, includeEvents: false, now }).catch(
    () => undefined,
  );
  const offset = client.clockOffset();
  if (window === undefined || !window.newestReached || offset === undefined) return undefined;
  const began = toServerSecond(attempt.began.getTime(), offset);
  const own = { sender: body.sender, text: body.message.text };
  for (const item of window.items) {
    if (!item.id || parseTime(item.created_at) < began || !isSameMessage(item, own)) continue;
    if (await attempt.found(item.id)) return item.id;
  }
  return undefined;
}

/** A moment by the server's clock, rounded down to the second: its `Date` header is no more exact. */
export function toServerSecond(ms: number, clockOffset: number): number {
  return Math.floor((ms + clockOffset) / 1000) * 1000;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Two messages are the same even if they differ in white space or in the case of a UUID (RFC 9562, section 4). A model
 * that repeats a call may write its arguments differently.
 */
function keyOf(sessionId: string, { sender, message }: SendMessageBody): IdempotencyKey {
  return {
    sessionId: uuid.test(sessionId) ? sessionId.toLowerCase() : sessionId,
    sender,
    text: normalise(message.text),
    attachments: message.attachments,
  };
}

/** Whether an entry of the history is a message of this sender with this text. */
export function isSameMessage(
  { event }: HistoryItem,
  { sender, text }: { readonly sender: string; readonly text: string },
): boolean {
  return partyOf(event.sender?.type) === sender && normalise(event.content?.text ?? '') === normalise(text);
}

/** The API may trim or fold white space, so only the words count. */
function normalise(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}
