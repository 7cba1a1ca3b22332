import { z } from '../contract/zod.ts';
import { compact, type Presented } from './present.ts';
import { cleanLine, word } from './untrusted.ts';

export const CreatedView = z.object({ id: z.string() });

export function presentCreated(id: string): Presented<z.infer<typeof CreatedView>> {
  const view = { id: cleanLine(id) };
  return { view, text: `Created session ${word(view.id)}. It holds no messages yet.` };
}

export const SentView = z.object({
  session_id: z.string(),
  message_id: z.string().optional(),
  outcome: z.string().describe('sent, or found: its answer was lost, but it stands in the session'),
});

export function presentSent(
  sessionId: string,
  outcome: 'sent' | 'found',
  messageId: string | undefined,
): Presented<z.infer<typeof SentView>> {
  const view = {
    session_id: sessionId,
    ...compact({ message_id: messageId === undefined ? undefined : cleanLine(messageId) }),
    outcome,
  };
  const id = view.message_id === undefined ? 'unknown, the API named none' : word(view.message_id);
  const what =
    outcome === 'sent'
      ? `Sent to session ${sessionId}.`
      : `Found in session ${sessionId}: the answer to the send was lost, but the message stands there. Do not send it again.`;
  return { view, text: `${what} Message id: ${id}.` };
}

export const UpdatedView = z.object({ id: z.string(), status: z.string().optional() });

export function presentUpdated(
  id: string,
  status: string | undefined,
): Presented<z.infer<typeof UpdatedView>> {
  const view = { id, ...compact({ status }) };
  return { view, text: status ? `Session ${id} is now ${status}.` : `Session ${id} was updated.` };
}
