import type { SendMessageBody } from '../../client/client.ts';
import type { HistoryItem, Session } from '../../contract/entities.ts';
import type { Context } from '../context.ts';
import type { Waiting } from '../outbox/store-draft.ts';
import { confirmSend } from './confirm-send.ts';
import { readAfterWrite } from './read-after-write.ts';
import { type Confirm, type Delivery, sendOnce } from './send-once.ts';
import type { InputRequired } from './send-question.ts';
import { type Replies, waitForReply } from './wait-for-reply.ts';

interface SendRequest {
  readonly sessionId: string;
  readonly body: SendMessageBody;
  readonly allowDuplicate: boolean;
  /** 0 to return without waiting for a reply. */
  readonly waitSeconds: number;
}

export interface SentMessage extends Delivery {
  readonly sessionId: string;
  readonly body: SendMessageBody;
  /** The session after the send and the wait; undefined if it could not be read. */
  readonly session: Session | undefined;
  /** Absent if the call did not wait. */
  readonly replies?: Replies | undefined;
  /** The message that was sent, which replies may quote. */
  readonly own?: HistoryItem;
}

/**
 * Sends a message once, waits for a reply if asked to, and reads the session then. With an outbox, the message waits there
 * for a person instead.
 */
export async function sendAndWait(
  { sessionId, body, allowDuplicate, waitSeconds }: SendRequest,
  context: Context,
): Promise<SentMessage | Waiting | InputRequired> {
  const { clock } = context;
  const [began, startedAt] = [clock.now(), clock.monotonic()];
  const confirm = await confirmOf(allowDuplicate, context);
  const delivery = await sendOnce(sessionId, body, allowDuplicate, context, confirm);
  if (!('outcome' in delivery)) return delivery;
  const written = async () => ({
    sessionId,
    body,
    ...delivery,
    session: await readAfterWrite(sessionId, context),
  });
  if (waitSeconds === 0) return written();
  const replies = await waitForReply(sessionId, body, delivery, waitSeconds, startedAt, context);
  await markRepliesAsRead(context, sessionId, replies);
  const own = {
    created_at: new Date(began).toISOString(),
    event: { type: 'message', sender: { type: body.sender }, content: body.message },
  };
  return { ...(await written()), replies, own };
}

/** How a person decides: in the outbox, or while the call waits. */
async function confirmOf(
  allowDuplicate: boolean,
  { outbox }: Context,
): Promise<Confirm<Waiting | InputRequired>> {
  if (outbox === undefined) return confirmSend;
  const { storeDraft } = await import('../outbox/store-draft.ts');
  return (sessionId, body, context) => storeDraft(sessionId, body, allowDuplicate, outbox, context);
}

/** Replies continue a conversation that was read before; one that was never read stays unread. */
async function markRepliesAsRead(
  { lastRead }: Context,
  sessionId: string,
  { items }: Replies,
): Promise<void> {
  const newest = items.at(-1);
  if (newest && (await lastRead.get(sessionId)) !== undefined)
    await lastRead.set(sessionId, newest.created_at);
}
