import type { Draft, DraftChange, Outbox } from '../../state/outbox/outbox.ts';
import type { Context } from '../context.ts';
import { lookForSent } from '../sending/find-sent.ts';
import { messageKey } from '../sending/idempotency-key.ts';
import { stateOf } from './draft-state.ts';

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
  if (decision?.attempt === undefined) return undefined;
  const { text = written.message.text, attempt } = decision;
  const body = { ...written, message: { ...written.message, text } };
  const fate = await context.sendLog.fateOf(messageKey(sessionId, body), attempt);
  if (fate === undefined) return undefined;
  if (fate.state === 'sent') return { state: 'sent', messageId: fate.id };
  if (fate.state === 'open') {
    const look = await lookForSent(sessionId, body, fate.attempt, undefined, context);
    if (look.state === 'found') return { state: 'sent', messageId: look.messageId };
    if (look.state === 'undecided') return undefined;
  }
  return { state: 'waiting', problem: 'the message did not arrive' };
}
