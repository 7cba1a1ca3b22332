import type { SendMessageBody } from '../../client/client.ts';
import type { IdempotencyKey, OpenAttempt } from '../../state/send-log.ts';
import { parseTime } from '../../text/time-format.ts';
import { shownTime } from '../api-time.ts';
import type { Context } from '../context.ts';
import { AlreadySentError, DeliveryUnknownError, NotAllowedError, OtherEffectsError } from '../errors.ts';
import { confirmSend } from './confirm-send.ts';
import { lookForSent } from './find-sent.ts';
import { messageKey } from './idempotency-key.ts';
import { requirePermission } from './require-permission.ts';
import type { InputRequired } from './send-question.ts';

/** A message that is certainly in the session: sent and answered, or found there after the answer was lost. */
export interface Delivery {
  readonly outcome: 'sent' | 'found';
  readonly messageId: string;
}

/** Part of the call's time that the request may take. The rest is for reading the history back. */
const sendShare = 0.75;

/** Part of the call's time kept for answering. */
const reserveMs = 1000;

/** Pauses between looks into the history: about ten in 45 seconds, of a hundred requests a minute. */
const firstPauseMs = 1000;
const slowdown = 1.4;
const longestPauseMs = 5000;

/** A message to be sent. */
interface Send {
  readonly sessionId: string;
  readonly body: SendMessageBody;
  readonly key: IdempotencyKey;
}

/**
 * Lets a person decide about a message, at the last moment before it is sent.
 * @returns undefined if it may be sent, otherwise why not yet.
 */
export type Confirm<Unsent> = (
  sessionId: string,
  body: SendMessageBody,
  context: Context,
) => Promise<Unsent | undefined>;

/**
 * Sends a message, and never twice: first permission is checked and a person confirms, then the intent is recorded, then
 * the request is sent. A lost answer is settled by reading the history back. The same message again within ten minutes is
 * refused; after an unknown outcome, it is looked for first. docs/sending.md describes all states.
 * @throws AlreadySentError, OtherEffectsError, DeliveryUnknownError, NotAllowedError, SendLogError, or the API's refusal
 * as an OpenCxError.
 */
export async function sendOnce<Unsent = InputRequired>(
  sessionId: string,
  body: SendMessageBody,
  allowDuplicate: boolean,
  context: Context,
  confirm = confirmSend as Confirm<Unsent>,
): Promise<Delivery | Unsent> {
  const { sendLog, call, confirmation } = context;
  const key = messageKey(sessionId, body);
  const send = { sessionId, body, key };
  if (allowDuplicate) return confirmAndSend(send, allowDuplicate, context, confirm);
  // Two equal calls at the same time are one send with one outcome. A person's answer is for one call only.
  const flight = { ...key, effects: { ...key.effects, confirmation } };
  const work = () => confirmAndSend(send, allowDuplicate, context, confirm);
  return sendLog.singleFlight(flight, call.signal, work, context.onSharedWrite);
}

async function confirmAndSend<Unsent>(
  send: Send,
  allowDuplicate: boolean,
  context: Context,
  confirm: Confirm<Unsent>,
): Promise<Delivery | Unsent> {
  const { sessionId, body, key } = send;
  const { call, sendLog, lastRead } = context;
  await requirePermission({ operation: 'sendMessage', sessionId, body }, context);
  for (;;) {
    // A message that would be refused needs no confirmation.
    const found = allowDuplicate ? undefined : await settleEarlier(send, context);
    if (found) return found;
    const unsent = await confirm(sessionId, body, context);
    if (unsent !== undefined) return unsent;
    const longestMs = call.deadline.remainingMs;
    const newest = parseTime((await lastRead.get(sessionId)) ?? '');
    const seenUpTo = Number.isNaN(newest) ? undefined : newest;
    const claim = await sendLog.claim(key, { allowDuplicate, longestMs, seenUpTo });
    if (claim.state !== 'free') continue;
    await useApproval(claim.attempt, context);
    return post(send, claim.attempt, context);
  }
}

/**
 * Finds out what became of an equal message.
 * @returns it, if it was found now; undefined if this one may be sent.
 */
async function settleEarlier(
  { sessionId, body, key }: Send,
  context: Context,
): Promise<Delivery | undefined> {
  const pause = pauses(context);
  for (;;) {
    // Also read in each round because the attempt may be another call's, which records its outcome.
    const earlier = await context.sendLog.find(key);
    if (earlier === undefined) return undefined;
    const { otherEffects } = earlier;
    if (earlier.state === 'sent') {
      const at = shownTime(context, earlier.elapsedMs);
      throw otherEffects.length > 0
        ? new OtherEffectsError(sessionId, at, otherEffects)
        : new AlreadySentError(sessionId, at, earlier.id);
    }
    // The earlier one may have been sent in another agent's name.
    const wanted = otherEffects.includes('agent') ? { ...body, agent: undefined } : body;
    const look = await lookForSent(sessionId, wanted, earlier.attempt, undefined, context);
    if (look.state === 'found' && otherEffects.length === 0)
      return { outcome: 'found', messageId: look.messageId };
    if (look.state === 'undecided' && !(await pause(look.pagesRead))) {
      const other = otherEffects.length > 0 ? ` with other ${otherEffects.join(', ')}` : '';
      const problem = `The same message was tried before${other}, and its outcome is not known. Nothing was sent now.`;
      throw new DeliveryUnknownError(sessionId, problem);
    }
  }
}

/**
 * Uses a person's approval up, together with the claim: a call that comes again finds the first one's message instead.
 * @throws NotAllowedError if it was used before, for a deliberate duplicate.
 */
async function useApproval(attempt: OpenAttempt, { confirmation }: Context): Promise<void> {
  let isValid = false;
  try {
    isValid = (await confirmation?.use?.(attempt)) ?? true;
  } finally {
    if (!isValid) await attempt.rejected();
  }
  if (!isValid) {
    throw new NotAllowedError(
      'this approval was used before. Call again without it to ask the person once more',
    );
  }
}

async function post({ sessionId, body }: Send, attempt: OpenAttempt, context: Context): Promise<Delivery> {
  const { client, call, clock } = context;
  const startedAt = clock.monotonic();
  const deadline = call.deadline.share(sendShare);
  const sent = await client.sendMessage(sessionId, body, { ...call, deadline });
  if (sent.outcome === 'rejected') {
    await attempt.rejected();
    throw sent.error;
  }
  if (sent.outcome === 'sent') {
    await attempt.sent(sent.messageId);
    return { outcome: 'sent', messageId: sent.messageId };
  }
  await attempt.unknown();
  const pause = pauses(context);
  for (;;) {
    const look = await lookForSent(sessionId, body, attempt, startedAt, context);
    if (look.state === 'found') return { outcome: 'found', messageId: look.messageId };
    if (look.state === 'absent' || !(await pause(look.pagesRead))) {
      // Only an answer with success may say in words what went wrong.
      const words = sent.error.kind === 'invalid_response' ? sent.error.apiMessage : undefined;
      const problem = 'The message was sent, but no readable answer came back.';
      throw new DeliveryUnknownError(sessionId, problem, words);
    }
  }
}

/**
 * Pauses before another look into the history: a message may show only seconds after it was taken in.
 * @returns a function that sleeps and returns whether there is time for another look.
 */
function pauses({ call, clock, progress }: Context): (pagesRead: number | undefined) => Promise<boolean> {
  let pauseMs = firstPauseMs;
  const deadline = call.deadline.earlierBy(reserveMs);
  return async (pagesRead) => {
    // A long history costs a request a page, so it is read less often.
    const ms = pagesRead === undefined ? Number.POSITIVE_INFINITY : pauseMs * Math.max(1, pagesRead);
    if (!deadline.allows(ms)) return false;
    progress('The answer was lost; looking for the message in the history');
    pauseMs = Math.min(pauseMs * slowdown, longestPauseMs);
    return clock.sleep(ms, call.signal).then(
      () => true,
      () => false,
    );
  };
}
