import { z } from '../../contract/zod.ts';
import type { Coverage } from '../../conversations/analysis/coverage.ts';
import { isoTime } from '../../text/time-format.ts';
import { omitEmpty } from '../rendering/rendering.ts';

export const CoverageView = z.object({
  sessions_read: z.number(),
  sessions_matching: z.number().describe('Absent while the end of the list has not been reached').optional(),
  complete: z.boolean(),
  newest: z.string().describe('Latest time of change among the sessions read').optional(),
  oldest: z.string().optional(),
});
export type CoverageView = z.infer<typeof CoverageView>;

export function coverageView(coverage: Coverage): CoverageView {
  const { sessionsRead, sessionsMatching, complete, newest, oldest } = coverage;
  return {
    sessions_read: sessionsRead,
    ...omitEmpty({ sessions_matching: sessionsMatching }),
    complete,
    ...omitEmpty({ newest: newest && isoTime(newest), oldest: oldest && isoTime(oldest) }),
  };
}

/**
 * The line that begins an answer over many sessions. An incomplete answer says so first, with the way on.
 * @param nextCursor continues the answer; absent if it is complete.
 */
export function coverageLine(view: CoverageView, nextCursor?: string): string {
  const sessions = sessionsText(view);
  if (view.complete) return `Complete: read ${sessions}.`;
  const wayOn = nextCursor === undefined ? '' : ` Continue: cursor ${nextCursor}`;
  return `INCOMPLETE: read ${sessions} so far; numbers below are for these only.${wayOn}`;
}

/** The line that begins a page of an answer that goes on: up to here, nothing is missing. */
export function pageLine(view: CoverageView): string {
  if (view.complete) return coverageLine(view);
  return `Read ${sessionsText(view)} so far; the next page reads on.`;
}

/** When the sessions changed among which an answer was looked for; nothing if that is unknown. */
export function changedLines({ oldest, newest }: CoverageView): string[] {
  if (newest === undefined) return [];
  return [`The sessions read last changed between ${oldest ?? 'an unknown time'} and ${newest}.`];
}

function sessionsText({ sessions_read: read, sessions_matching: matching }: CoverageView): string {
  const of = matching === undefined ? '' : ` of ${matching}`;
  return `${read}${of} ${read === 1 && of === '' ? 'session' : 'sessions'}`;
}
