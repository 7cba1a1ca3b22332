import { z } from '../contract/zod.ts';
import { cleanLine } from '../text/clean.ts';
import { bareToken, dataBlock, placeFacts } from './rendering/quoting.ts';
import { omitEmpty, type PresentContext, type Presented } from './rendering/rendering.ts';

export const CreatedView = z.object({ id: z.string() });

export function presentCreated(
  id: string,
  { nonce }: PresentContext,
): Presented<z.infer<typeof CreatedView>> {
  const view = { id: cleanLine(id) };
  const { outside, inside } = placeFacts([[`Created session ${bareToken(view.id)}.`, view.id]]);
  const first = [...outside, 'It holds no messages yet.'].join(' ');
  return { view, text: [first, ...dataBlock(inside, nonce)].join('\n') };
}

export const UpdatedView = z.object({ id: z.string(), status: z.string().optional() });

export function presentUpdated(
  id: string,
  status: string | undefined,
): Presented<z.infer<typeof UpdatedView>> {
  const view = { id, ...omitEmpty({ status }) };
  return { view, text: status ? `Session ${id} is now ${status}.` : `Session ${id} was updated.` };
}
