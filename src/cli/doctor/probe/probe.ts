import { OpenCxError } from '../../../client/errors.ts';
import { assumptions } from '../../../contract/assumptions.ts';
import type { Asker } from '../api-reader.ts';
import { inAnswers } from './answers.ts';
import type { AssumptionName, Probe, ProbeResult } from './assumption-probe.ts';
import { inPages } from './pages.ts';

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
