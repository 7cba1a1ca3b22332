import { z } from '../../contract/zod.ts';
import type { CreatedSession } from '../../conversations/sending/create-once.ts';
import { cleanLine } from '../../text/clean.ts';
import { bareToken, dataBlock, placeFacts } from '../rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented } from '../rendering/rendering.ts';

export const CreatedView = z.object({
  id: z.string(),
  created_seconds_ago: z.number().describe('By an equal call; this call created nothing').optional(),
});

export function presentCreated(
  { id, secondsAgo }: CreatedSession,
  { nonce }: PresentContext,
): Presented<z.infer<typeof CreatedView>> {
  const view = { id: cleanLine(id), ...omitEmpty({ created_seconds_ago: secondsAgo }) };
  const token = bareToken(view.id);
  const [what, note] =
    secondsAgo === undefined
      ? [`Created session ${token}.`, 'It holds no messages yet.']
      : [
          `Session ${token} was created by an equal call ${secondsAgo} s ago.`,
          'No second one was created; pass allow_duplicate true for another.',
        ];
  const { outside, inside } = placeFacts([[what, view.id]]);
  return { view, text: [[...outside, note].join(' '), ...dataBlock(inside, nonce)].join('\n') };
}

export const UpdatedView = z.object({ id: z.string(), status: z.string().optional() });

export function presentUpdated(
  id: string,
  status: string | undefined,
): Presented<z.infer<typeof UpdatedView>> {
  const view = { id, ...omitEmpty({ status }) };
  return { view, text: status ? `Session ${id} is now ${status}.` : `Session ${id} was updated.` };
}
