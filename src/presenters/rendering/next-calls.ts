import { z } from '../../contract/zod.ts';
import { isToken } from './quoting.ts';
import type { PresentContext } from './rendering.ts';

/** A call that may help next, with all its arguments. */
const NextCall = z.object({ tool: z.string(), arguments: z.record(z.unknown()) });
export type NextCall = z.infer<typeof NextCall>;

export const NextCalls = z.array(NextCall).describe('Calls that may help next').optional();

/**
 * Keeps the suggestions that this server's tools can follow. They are shown outside the data block, so a suggestion
 * with an API value that is not a plain token is left out.
 */
export function nextCalls(calls: readonly NextCall[], { tools }: PresentContext): { next?: NextCall[] } {
  const next = calls
    .filter(({ tool }) => tools === undefined || tools.includes(tool))
    .filter((call) =>
      Object.values(call.arguments).every((value) => typeof value !== 'string' || isToken(value)),
    );
  return next.length > 0 ? { next } : {};
}

/** `Next: get_session {"session_id":"..."}`, one line for each call. */
export function nextLines({ next }: { next?: readonly NextCall[] | undefined }): string[] {
  return (next ?? []).map((call) => `Next: ${call.tool} ${JSON.stringify(call.arguments)}`);
}
