import { z } from '../contract/zod.ts';
import { cleanLine } from '../text/clean.ts';
import { MessageView, messageLines, shortened } from './message.ts';
import { NextCalls, nextCalls, nextLines } from './rendering/next-calls.ts';
import { bareToken, dataBlock, placeFacts } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented } from './rendering/rendering.ts';
import { fitToSize } from './rendering/size-limit.ts';

export const CreatedView = z.object({ id: z.string() });

export function presentCreated(id: string): Presented<z.infer<typeof CreatedView>> {
  const view = { id: cleanLine(id) };
  return { view, text: `Created session ${bareToken(view.id)}. It holds no messages yet.` };
}

export const SentView = z.object({
  session_id: z.string(),
  message_id: z.string().optional(),
  outcome: z.string().describe('sent, or found: its answer was lost, but it stands in the session'),
  replies: z.array(MessageView).describe('What came after it while the call waited').optional(),
  reply_note: z.string().optional(),
  next: NextCalls,
});

/** What became of a message, as far as it is certain. */
interface Sent {
  readonly session_id: string;
  readonly outcome: 'sent' | 'found';
  readonly messageId: string | undefined;
}

/** How the waiting for a reply went. */
export interface Waited {
  /** Why it ended: the other side answered, the time was over, or the history could not be followed. */
  readonly ended: 'answered' | 'time' | 'failed';
  readonly waitedSeconds: number;
  /** What was asked for; more than `waitedSeconds` where the call had less time left. */
  readonly wantedSeconds: number;
  /** Whether the message itself was seen in the history; before it is, nothing can be said to come after it. */
  readonly ownSeen: boolean;
}

/**
 * A delivered message and, where the call waited for them, the messages that came after it.
 * @param messages in reading order; whoever wrote them.
 */
export function presentSent(
  { session_id, outcome, messageId }: Sent,
  waited: Waited | undefined,
  messages: readonly MessageView[],
  context: PresentContext,
): Presented<z.infer<typeof SentView>> {
  const later = { tool: 'get_session_history', arguments: { session_id, limit: 5 } };
  return fitToSize(messages.length, (n, maxCharacters) => {
    const shown = messages.slice(0, n).map((message) => shortened(message, maxCharacters));
    const cut =
      n < messages.length ? ` Cut to fit one result: ${messages.length - n} later ones are not shown.` : '';
    const view = {
      session_id,
      ...omitEmpty({ message_id: messageId === undefined ? undefined : cleanLine(messageId) }),
      outcome,
      ...(waited ? { replies: shown, reply_note: `${waitNote(waited, messages.length)}${cut}` } : {}),
      ...nextCalls(waited && waited.ended !== 'answered' ? [later] : [], context),
    };
    return { view, text: sentText(view, context) };
  });
}

function waitNote({ ended, waitedSeconds, wantedSeconds, ownSeen }: Waited, messages: number): string {
  if (ended === 'answered') return `Answered after ${waitedSeconds} s.`;
  if (ended === 'failed') {
    return `The message is sent, but the history could not be followed: the waiting ended after ${waitedSeconds} s.`;
  }
  const clamped =
    waitedSeconds < wantedSeconds ? ` (of the ${wantedSeconds} s asked for, this call had no more left)` : '';
  const unseen = ownSeen ? '' : ' The history does not show the message itself yet.';
  const others = messages > 0 ? ' What came meanwhile is no answer of the other side.' : '';
  return `No reply within ${waitedSeconds} s${clamped}.${unseen}${others}`;
}

function sentText(view: z.infer<typeof SentView>, { nonce }: PresentContext): string {
  const id = view.message_id === undefined ? 'unknown, the API named none' : bareToken(view.message_id);
  const what =
    view.outcome === 'sent'
      ? `Sent to session ${view.session_id}.`
      : `Found in session ${view.session_id}: the answer to the send was lost, but the message stands there. Do not send it again.`;
  const { outside, inside } = placeFacts([[what], [`Message id: ${id}.`, view.message_id]]);
  return [
    outside.join(' '),
    ...(view.reply_note ? [view.reply_note] : []),
    ...nextLines(view),
    ...dataBlock([...inside, ...messageLines(view.replies ?? [])], nonce),
  ].join('\n');
}

export const UpdatedView = z.object({ id: z.string(), status: z.string().optional() });

export function presentUpdated(
  id: string,
  status: string | undefined,
): Presented<z.infer<typeof UpdatedView>> {
  const view = { id, ...omitEmpty({ status }) };
  return { view, text: status ? `Session ${id} is now ${status}.` : `Session ${id} was updated.` };
}
