import { z } from '../contract/zod.ts';
import { cleanLine } from '../text/clean.ts';
import { bareToken } from './rendering/quoting.ts';
import { omitEmpty, type Presented } from './rendering/rendering.ts';

export const CreatedView = z.object({ id: z.string() });

export function presentCreated(id: string): Presented<z.infer<typeof CreatedView>> {
  const view = { id: cleanLine(id) };
  return { view, text: `Created session ${bareToken(view.id)}. It holds no messages yet.` };
}

export const UpdatedView = z.object({ id: z.string(), status: z.string().optional() });

export function presentUpdated(
  id: string,
  status: string | undefined,
): Presented<z.infer<typeof UpdatedView>> {
  const view = { id, ...omitEmpty({ status }) };
  return { view, text: status ? `Session ${id} is now ${status}.` : `Session ${id} was updated.` };
}
