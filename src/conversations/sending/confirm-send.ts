import type { SendMessageBody } from '../../client/client.ts';
import { mayBeCustomer, partyOf } from '../../contract/history.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { NotAllowedError } from '../errors.ts';
import { readSession } from '../reading/read-session.ts';
import { InputRequired, type SendQuestion } from './send-question.ts';

/** Newest messages read to find out whether the customer has written meanwhile. */
const recentMessages = 20;

/**
 * Decides whether a message may be sent. The session is read in every run, so an answer given before the customer
 * wrote again, or before the session changed, leads to a new question.
 * @returns the question, if a person has to answer it first.
 * @throws NotAllowedError if the person did not approve, or could not be asked.
 */
export async function confirmSend(
  sessionId: string,
  body: SendMessageBody,
  context: Context,
): Promise<InputRequired | undefined> {
  const { confirmSends, confirmation } = context;
  if (!confirmSends) return undefined;
  if (confirmation && confirmation.answer !== 'accept') {
    const [outcome, reason] = refusals[confirmation.answer];
    throw new NotAllowedError(reason ?? context.ruleTexts.cannotAsk, outcome);
  }
  refuseUnshowable(body, context);
  const question = await prepareQuestion(sessionId, body, context);
  return confirmation?.digest === question.digest ? undefined : new InputRequired(question);
}

/** The outcome of a call whose question had such an answer, and why nothing was sent. */
const refusals = {
  decline: [
    'declined',
    'the person at the client declined this message. Ask what to change before trying again',
  ],
  cancel: [
    'cancelled',
    'the person at the client closed the question without an answer. Ask before trying again',
  ],
  timeout: ['timed_out', 'the person at the client did not answer in time. Ask before trying again'],
  failed: ['not_asked', 'the client could not ask the person, or its answer could not be read'],
  // The reason depends on the protocol.
  unsupported: ['not_asked', undefined],
} as const;

/** Characters of all that a message does beside its text: changes, files and the name of the agent. */
const maxEffectCharacters = 32_000;

/** @throws NotAllowedError if the message does more than a person can be shown. */
export function refuseUnshowable({ message, ...effects }: SendMessageBody, { ruleTexts }: Context): void {
  const files = message.attachments?.map(({ base64, ...file }) => file);
  const size = JSON.stringify({ ...effects, files }).length;
  if (size <= maxEffectCharacters) return;
  throw new NotAllowedError(
    `a person has to approve every message (${ruleTexts.confirmSends}), and this one has too many changes or files to be shown (${size} characters; at most ${maxEffectCharacters}). Send fewer with each message`,
  );
}

async function prepareQuestion(
  sessionId: string,
  body: SendMessageBody,
  context: Context,
): Promise<SendQuestion> {
  const { session, window } = await readSession(sessionId, recentMessages, context);
  const lastRead = await context.lastRead.get(sessionId);
  const customerWroteAt = window?.items.findLast(({ event }) =>
    mayBeCustomer(partyOf(event.sender?.type)),
  )?.created_at;
  const warning = !window?.newestReached ? 'newest_unknown' : warningOf(customerWroteAt, lastRead);
  const { ticket_number, channel, status, contact, handoff, ai_closure_type, assignee_id } = session;
  const shown = {
    ticket_number,
    channel,
    status,
    contact: { ...contact, updated_at: undefined },
    handoff,
    ai_closure_type,
    assignee_id,
    // Only the values that the message would replace.
    custom_data: Object.keys(body.custom_data ?? {}).map((key) => session.custom_data?.[key]),
  };
  // Loaded when it is needed: most servers never ask.
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256')
    .update(JSON.stringify([sessionId, body, shown, warning, customerWroteAt]))
    .digest('hex');
  return { session, body, warning, digest };
}

/** Why a message may not fit the conversation any more. @param lastRead of the newest message that its writer has seen. */
export function warningOf(customerWroteAt: string | undefined, lastRead: string | undefined) {
  if (customerWroteAt === undefined) return undefined;
  if (lastRead === undefined) return 'not_read';
  return parseTime(customerWroteAt) > parseTime(lastRead) ? 'written_since' : undefined;
}
