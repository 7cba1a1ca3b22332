import { OpenCxError } from '../../client/errors.ts';
import { assumptions } from '../../contract/assumptions.ts';
import type { Asker } from './ask.ts';
import { inAnswers } from './probe-answers.ts';
import { inPages } from './probe-pages.ts';

type AssumptionName = keyof typeof assumptions;

/** What one assumption looks like on a real API. Nothing of what customers wrote is in it. */
export interface ProbeResult {
  readonly assumption: AssumptionName;
  readonly topic: string;
  /** `unclear` where the data at hand, or a refusal, leaves it open. */
  readonly verdict: 'holds' | 'differs' | 'unclear';
  readonly seen: string;
}

/** A look at one assumption. */
export type Probe = (asker: Asker) => Promise<Pick<ProbeResult, 'verdict' | 'seen'>>;

/** Those of the assumptions that reading can tell anything about. */
const probes: Partial<Record<AssumptionName, Probe>> = { ...inPages, ...inAnswers };

/**
 * Holds the API against what is assumed of it, by GET requests one after another, within its rate limit.
 * @returns a result for each assumption that can be looked at without writing, in the order of the list.
 */
export async function probe(asker: Asker): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const [name, { topic }] of Object.entries(assumptions)) {
    const look = probes[name as AssumptionName];
    if (look === undefined) continue;
    const result = await look(asker).catch((error: unknown) => {
      if (!(error instanceof OpenCxError)) throw error;
      return { verdict: 'unclear', seen: error.message } as const;
    });
    results.push({ assumption: name as AssumptionName, topic, ...result });
  }
  return results;
}
