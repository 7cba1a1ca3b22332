import type { SendMessageBody } from '../../client/client.ts';
import type { Session } from '../../contract/entities.ts';
import { partyOf } from '../../contract/history.ts';
import type { Context } from '../context.ts';
import { NotAllowedError } from '../errors.ts';
import { readSession } from '../reading/read-session.ts';

/** Newest messages read to find out whether the customer has written meanwhile. */
const recentMessages = 20;

/** What a person is asked before a message is sent. */
export interface SendQuestion {
  readonly session: Session;
  readonly body: SendMessageBody;
  /** Why the message may not fit the conversation any more. */
  readonly warning?: 'newest_unknown' | 'not_read' | 'written_since' | undefined;
  /** Hash of what the person is shown and of the time of the customer's newest message. An answer is valid for it only. */
  readonly digest: string;
}

/** A use case that cannot continue without a person. Run it again with `Context.confirmation` set. */
export class InputRequired {
  readonly question: SendQuestion;

  constructor(question: SendQuestion) {
    this.question = question;
  }
}

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
  if (confirmation && confirmation.answer !== 'accept')
    throw new NotAllowedError(refusals[confirmation.answer]);
  const question = await prepareQuestion(sessionId, body, context);
  return confirmation?.digest === question.digest ? undefined : new InputRequired(question);
}

const refusals = {
  decline: 'the person at the client declined this message. Ask what to change before trying again',
  cancel: 'the person at the client closed the question without an answer. Ask before trying again',
  timeout: 'the person at the client did not answer in time. Ask before trying again',
  failed: 'the client could not ask the person, or its answer could not be read',
  unsupported:
    'this server asks a person before every message (--confirm-sends), and this client cannot ask (no elicitation)',
} as const;

async function prepareQuestion(
  sessionId: string,
  body: SendMessageBody,
  context: Context,
): Promise<SendQuestion> {
  const { session, window } = await readSession(sessionId, recentMessages, context);
  const lastRead = await context.lastRead.get(sessionId);
  const customerWroteAt = window?.items.findLast(
    ({ event }) => partyOf(event.sender?.type) === 'contact',
  )?.created_at;
  const warning = !window?.newestReached ? 'newest_unknown' : warningOf(customerWroteAt, lastRead);
  const { channel, status, contact, handoff, ai_closure_type, assignee_id } = session;
  const shown = {
    channel,
    status,
    contact: { ...contact, updated_at: undefined },
    handoff,
    ai_closure_type,
    assignee_id,
  };
  // Loaded when it is needed: most servers never ask.
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256')
    .update(JSON.stringify([sessionId, body, shown, warning, customerWroteAt]))
    .digest('hex');
  return { session, body, warning, digest };
}

function warningOf(customerWroteAt: string | undefined, lastRead: string | undefined) {
  if (customerWroteAt === undefined) return undefined;
  if (lastRead === undefined) return 'not_read';
  return Date.parse(customerWroteAt) > Date.parse(lastRead) ? 'written_since' : undefined;
}
