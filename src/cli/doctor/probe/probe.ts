import { OpenCxError } from '../../../client/errors.ts';
import { assumptions } from '../../../contract/assumptions.ts';
import type { ApiReader } from '../api-reader.ts';
import { pageProbes } from './page-probes.ts';
import { type AssumptionName, type Probe, type ProbeResult, unclear } from './probe-result.ts';
import { responseProbes } from './response-probes.ts';

const probes: Partial<Record<AssumptionName, Probe>> = { ...pageProbes, ...responseProbes };

/**
 * Compares the API with our assumptions about it, by sequential GET requests within its rate limit.
 * @returns a result for each assumption that can be checked without writing, in the order of the list.
 */
export async function probeAssumptions(api: ApiReader): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const [name, { topic }] of Object.entries(assumptions)) {
    const assumption = name as AssumptionName;
    const probe = probes[assumption];
    if (probe === undefined) continue;
    const result = await probe(api).catch((error: unknown) => {
      if (!(error instanceof OpenCxError)) throw error;
      return unclear(error.message);
    });
    results.push({ assumption, topic, ...result });
  }
  return results;
}
