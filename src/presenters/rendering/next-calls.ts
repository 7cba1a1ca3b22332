import { z } from '../../contract/zod.ts';
import { isToken } from './quoting.ts';
import type { PresentContext } from './rendering.ts';

/** A call that may help as the next step, complete as it stands. */
const NextCall = z.object({ tool: z.string(), arguments: z.record(z.unknown()) });
export type NextCall = z.infer<typeof NextCall>;

export const NextCalls = z.array(NextCall).describe('Calls that may help next').optional();

/**
 * The suggestions that can be followed, of tools that this server offers; no presenter has more than two. The lines
 * they make are ours, so one whose arguments hold a word of the API that is no plain token is left out.
 */
export function nextCalls(calls: readonly NextCall[], { tools }: PresentContext): { next?: NextCall[] } {
  const next = calls
    .filter(({ tool }) => tools === undefined || tools.includes(tool))
    .filter((call) =>
      Object.values(call.arguments).every((value) => typeof value !== 'string' || isToken(value)),
    );
  return next.length > 0 ? { next } : {};
}

/** `Next: get_session {"session_id":"..."}`, one line each. */
export function nextLines({ next }: { next?: readonly NextCall[] | undefined }): string[] {
  return (next ?? []).map((call) => `Next: ${call.tool} ${JSON.stringify(call.arguments)}`);
}
