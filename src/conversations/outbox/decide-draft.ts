import { OpenCxError } from '../../client/errors.ts';
import type { Decision, Draft, DraftChange, Outbox } from '../../state/outbox/outbox.ts';
import type { OpenAttempt } from '../../state/send-log.ts';
import type { Context } from '../context.ts';
import { ArgumentError, NotAllowedError } from '../errors.ts';
import { type Delivery, sendOnce } from '../sending/send-once.ts';
import { approvedUntil, stateOf } from './draft-state.ts';
import { type Review, reviewOf } from './review-draft.ts';
import { readScene } from './scene.ts';

/** The longest text of a message, as for the model. */
const maxTextCharacters = 100_000;

/** Characters of a reason that are kept. */
const maxReasonCharacters = 2000;

export interface ApproveRequest {
  readonly number: number;
  /** `digest` of the review that the person was shown. */
  readonly digest: string;
  /** The text to send in place of the draft's, if the person changed it. */
  readonly text?: string | undefined;
  /** Who approves, in words for people. */
  readonly by: string;
}

export interface RejectRequest {
  readonly number: number;
  /** Told to whoever wrote the draft. */
  readonly reason: string;
  /** Who rejects, in words for people. */
  readonly by: string;
}

/** The draft was decided before, has expired, or is not there. Nothing was done now. */
type TooLate = { readonly outcome: 'decided'; readonly draft: Draft } | { readonly outcome: 'missing' };

export type Approval =
  | TooLate
  /** It is in the session. `found`: its answer was lost, but it is there. */
  | { readonly outcome: Delivery['outcome']; readonly draft: Draft; readonly lost?: unknown }
  /** It may or may not be in the session, and is not sent again. */
  | { readonly outcome: 'unknown'; readonly draft: Draft; readonly error: unknown; readonly lost?: unknown }
  /** Something happened since what the person was shown. Show the review, and approve again with its digest. */
  | { readonly outcome: 'changed'; readonly review: Review }
  /** It was certainly not sent, and waits again. The error says why. */
  | { readonly outcome: 'not_sent'; readonly draft: Draft; readonly error: unknown };

export type Rejection = TooLate | { readonly outcome: 'rejected'; readonly draft: Draft };

/** What stops a send before anything is claimed. */
class Unsent {
  readonly review: Review | undefined;

  /** @param review what changed; undefined if somebody else was faster. */
  constructor(review?: Review) {
    this.review = review;
  }
}

/**
 * Sends a draft because a person approved it, once. The conversation is read again: if it is not what the person was
 * shown, nothing is sent, and the changes are returned. Three records make this hold if the process ends in between: the
 * approval, which forbids another one; then the intent in the send log; then that it may have left.
 * @throws ArgumentError if the text cannot be sent; OutboxError. Then nothing was sent.
 */
export async function approveDraft(
  { number, digest, text, by }: ApproveRequest,
  outbox: Outbox,
  context: Context,
): Promise<Approval> {
  const { clock, call } = context;
  const draft = await outbox.get(number);
  if (draft === undefined) return { outcome: 'missing' };
  if (stateOf(draft, clock.now()) !== 'waiting') return { outcome: 'decided', draft };
  const edited = text === draft.body.message.text ? undefined : text;
  const body = bodyWith(draft, edited);
  const id = crypto.randomUUID();
  let current = draft;

  const decide = async (): Promise<Unsent | undefined> => {
    const review = await reviewOf(draft, await readScene(draft.sessionId, context), clock.now());
    if (review.digest !== digest) return new Unsent(review);
    const at = clock.now();
    if (at >= draft.expires) return new Unsent();
    const decision = { id, by, at, text: edited, until: approvedUntil(at, call.deadline.remainingMs) };
    const approved = await outbox.change(current, { state: 'approved', decision, problem: undefined });
    if (approved === undefined) return new Unsent();
    current = approved;
    return undefined;
  };
  const use = async ({ identity }: OpenAttempt) => {
    // The approval, which `decide` has recorded.
    const decision = { ...(current.decision as Decision), attempt: identity };
    const sending = await outbox.change(current, { state: 'sending', decision });
    if (sending === undefined) return false;
    current = sending;
    // A computer that slept may have been taken for dead.
    if (clock.now() < (decision.until ?? 0)) return true;
    throw new NotAllowedError('the approval is too old: its time was over before anything was sent');
  };
  /** What happened is true whether it can be recorded or not. The send log has it too: `settleDraft` finds it there. */
  const record = async (change: DraftChange) => {
    const told = { ...current, ...change };
    return outbox.change(current, change).then(
      (recorded) => ({ draft: recorded ?? told }),
      (lost: unknown) => ({ draft: told, lost }),
    );
  };
  /** It waits again, unless somebody else has taken it meanwhile. */
  const release = async (problem?: string): Promise<Draft> => {
    if (current.state === 'waiting') return (await outbox.get(number)) ?? current;
    const released = await outbox.change(current, { state: 'waiting', problem });
    return released ?? (await outbox.get(number)) ?? current;
  };

  try {
    const confirmation = { answer: 'accept', digest, id, use } as const;
    const { sessionId, allowDuplicate } = draft;
    const sent = await sendOnce(sessionId, body, allowDuplicate, { ...context, confirmation }, decide);
    if (sent instanceof Unsent) {
      const now = await release();
      return sent.review ? { outcome: 'changed', review: sent.review } : { outcome: 'decided', draft: now };
    }
    const decision =
      current.decision?.id === id ? current.decision : { id, by, at: clock.now(), text: edited };
    const { outcome, messageId } = sent;
    return { outcome, ...(await record({ state: 'sent', decision, messageId })) };
  } catch (error) {
    const isUnsent =
      error instanceof NotAllowedError || (error instanceof OpenCxError && !error.mayHaveArrived);
    if (current.state === 'sending' && !isUnsent) {
      return { outcome: 'unknown', error, ...(await record({ state: 'unknown' })) };
    }
    const now = await release((error as Error).message);
    const isOthers = stateOf(now, clock.now()) !== 'waiting';
    return isOthers ? { outcome: 'decided', draft: now } : { outcome: 'not_sent', draft: now, error };
  }
}

/** The request with the text that the person put in the place of the draft's. */
function bodyWith({ body }: Draft, text: string | undefined): Draft['body'] {
  if (text === undefined) return body;
  if (text.trim() === '') throw new ArgumentError('text', 'must not be empty');
  if (text.length > maxTextCharacters)
    throw new ArgumentError('text', `must have at most ${maxTextCharacters} characters`);
  return { ...body, message: { ...body.message, text } };
}

/**
 * Ends a draft without sending it.
 * @throws OutboxError.
 */
export async function rejectDraft(
  { number, reason, by }: RejectRequest,
  outbox: Outbox,
  { clock }: Pick<Context, 'clock'>,
): Promise<Rejection> {
  const draft = await outbox.get(number);
  if (draft === undefined) return { outcome: 'missing' };
  if (stateOf(draft, clock.now()) !== 'waiting') return { outcome: 'decided', draft };
  const decision = {
    id: crypto.randomUUID(),
    by,
    at: clock.now(),
    reason: reason.trim().slice(0, maxReasonCharacters),
  };
  const rejected = await outbox.change(draft, { state: 'rejected', decision, problem: undefined });
  if (rejected !== undefined) return { outcome: 'rejected', draft: rejected };
  return { outcome: 'decided', draft: (await outbox.get(number)) ?? draft };
}
