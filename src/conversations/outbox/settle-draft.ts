import type { Draft, DraftChange, Outbox } from '../../state/outbox/outbox.ts';
import type { Context } from '../context.ts';
import { lookForSent } from '../sending/find-sent.ts';
import { messageKey } from '../sending/idempotency-key.ts';
import { lifetimeMs, stateOf } from './draft-state.ts';

/**
 * Finds out what became of a draft whose outcome is not known, by the send log and the history: it was sent, or it certainly
 * was not, and waits again. Otherwise nothing changes. It never sends.
 * @returns the draft as it is then.
 */
export async function settleDraft(draft: Draft, outbox: Outbox, context: Context): Promise<Draft> {
  if (stateOf(draft, context.clock.now()) !== 'unknown') return draft;
  const change = await findOut(draft, context);
  if (change === undefined) return draft;
  return (await outbox.change(draft, change)) ?? (await outbox.get(draft.number)) ?? draft;
}

async function findOut(
  { sessionId, body: written, decision }: Draft,
  context: Context,
): Promise<DraftChange | undefined> {
  const { text = written.message.text, at = Number.POSITIVE_INFINITY } = decision ?? {};
  const body = { ...written, message: { ...written.message, text } };
  const earlier = await context.sendLog.find(messageKey(sessionId, body), lifetimeMs);
  if (earlier === undefined || earlier.otherEffects.length > 0) return undefined;
  if (earlier.state === 'sent') {
    // An older one is another message.
    return earlier.left.getTime() >= at ? { state: 'sent', messageId: earlier.id } : undefined;
  }
  const look = await lookForSent(sessionId, body, earlier.attempt, undefined, context);
  if (look.state === 'found') return { state: 'sent', messageId: look.messageId };
  return look.state === 'absent' ? { state: 'waiting', problem: 'the message did not arrive' } : undefined;
}
