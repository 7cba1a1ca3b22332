import type { SendMessageBody, SendOutcome } from '../../client/client.ts';
import type { HistoryItem } from '../../contract/entities.ts';
import { partyOf } from '../../presenters/message.ts';
import type { OpenAttempt, SendIdentity } from '../../state/files/send-log.ts';
import { clean } from '../../text/clean.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { AlreadySentError, DeliveryUnknownError } from '../errors.ts';
import { readWindow } from '../reading/newest-messages.ts';
import { confirmSend } from './confirm-send.ts';

/** A message that certainly stands in the session: sent with an answer, or found there after the answer was lost. */
export interface Delivery {
  readonly outcome: 'sent' | 'found';
  readonly messageId: string | undefined;
}

/** Part of a call's time that a send may take; the rest is kept for reading the history back. */
const sendShare = 0.75;

/** Newest messages looked at when reading back. */
const readBackLimit = 200;

/** A message on its way into a session. */
interface Send {
  readonly sessionId: string;
  readonly body: SendMessageBody;
  readonly identity: SendIdentity;
}

/**
 * Sends a message, and never twice. Its intent is on disk before a person is asked (where one is to be) and before the
 * request leaves; a lost answer is settled by reading the history back, and a repetition within ten minutes is refused
 * or settled the same way.
 * @throws AlreadySentError, DeliveryUnknownError, NotAllowedError, LedgerError, or the API's refusal as an OpenCxError.
 */
export async function sendOnce(
  sessionId: string,
  body: SendMessageBody,
  allowDuplicate: boolean,
  context: ToolContext,
): Promise<Delivery> {
  const send = { sessionId, body, identity: identityOf(sessionId, body) };
  const work = () => claimAndSend(send, allowDuplicate, context);
  // Two equal calls at once are one send with one outcome, unless the second says that it means another.
  return allowDuplicate ? work() : context.ledger.together(send.identity, context.call.signal, work);
}

async function claimAndSend(send: Send, allowDuplicate: boolean, context: ToolContext): Promise<Delivery> {
  const { sessionId, identity } = send;
  const claim = await context.ledger.claim(identity, allowDuplicate);
  if (claim.state === 'sent') throw new AlreadySentError(sessionId, claim.began);
  if (claim.state === 'unknown') {
    const problem =
      'The same message was tried before, and what became of it is not known. Nothing was sent now.';
    return settle(send, claim.attempt, problem, context);
  }
  const sent = await attemptSend(send, context);
  if (sent.outcome === 'rejected') {
    await claim.attempt.rejected();
    throw sent.error;
  }
  if (sent.outcome === 'unknown') {
    await claim.attempt.unknown();
    const problem = 'The message left, but no readable answer came.';
    return settle(send, claim.attempt, problem, context);
  }
  await claim.attempt.sent(sent.messageId);
  return { outcome: 'sent', messageId: sent.messageId };
}

/** Asks a person, where one is to be asked, and sends. A message that was not allowed is one that was rejected. */
async function attemptSend(
  { sessionId, body }: Send,
  context: ToolContext,
): Promise<SendOutcome | { readonly outcome: 'rejected'; readonly error: Error }> {
  const { client, call } = context;
  try {
    await confirmSend(sessionId, body, context);
  } catch (error) {
    return { outcome: 'rejected', error: error as Error };
  }
  const now = context.clock.now();
  const deadline = now + (call.deadline - now) * sendShare;
  return client.sendMessage(sessionId, body, { ...call, deadline });
}

/** Looks for a message whose outcome is unknown. It never guesses: whatever is not certain stays unknown. */
async function settle(
  send: Send,
  attempt: OpenAttempt,
  problem: string,
  context: ToolContext,
): Promise<Delivery> {
  const messageId = await findInHistory(send, attempt, context);
  if (messageId === undefined) throw new DeliveryUnknownError(send.sessionId, problem);
  return { outcome: 'found', messageId };
}

async function findInHistory(
  { sessionId, body }: Send,
  attempt: OpenAttempt,
  { client, call, now }: ToolContext,
): Promise<string | undefined> {
  const pages = client.historyPages(sessionId, call);
  // A history that cannot be read leaves the outcome as unknown as it was; that is no error of its own.
  const window = await readWindow(pages, { limit: readBackLimit, includeEvents: false, now }).catch(
    () => undefined,
  );
  const offset = client.clockOffset();
  if (window === undefined || !window.newestReached || offset === undefined) return undefined;
  // By the server's clock, and to the second: that is all that its Date header tells.
  const began = Math.floor((attempt.began.getTime() + offset) / 1000) * 1000;
  const own = { sender: body.sender, text: body.message.text };
  for (const item of window.items) {
    if (!item.id || Date.parse(item.created_at) < began || !isSame(item, own)) continue;
    if (await attempt.found(item.id)) return item.id;
  }
  return undefined;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A message is the same however its id is spelled (RFC 9562: a UUID has no case) and its white space falls: a model
 * that repeats a call writes it anew.
 */
function identityOf(sessionId: string, { sender, message }: SendMessageBody): SendIdentity {
  return {
    sessionId: uuid.test(sessionId) ? sessionId.toLowerCase() : sessionId,
    sender,
    text: normalise(message.text),
    attachments: message.attachments,
  };
}

/** Whether an entry of the history is a message of this sender and these words. */
export function isSame(
  { event }: HistoryItem,
  { sender, text }: { readonly sender: string; readonly text: string },
): boolean {
  return partyOf(event.sender?.type) === sender && normalise(event.content?.text ?? '') === normalise(text);
}

/** An API may trim or fold white space on its way; the words are what tells two messages apart. */
function normalise(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}
