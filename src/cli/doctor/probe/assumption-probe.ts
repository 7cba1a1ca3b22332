import type { assumptions } from '../../../contract/assumptions.ts';
import type { Asker } from '../api-reader.ts';

export type AssumptionName = keyof typeof assumptions;

/** What one assumption looks like on a real API. It holds no customer text. */
export interface ProbeResult {
  readonly assumption: AssumptionName;
  readonly topic: string;
  /** `unclear` when the available data, or a refusal, does not decide it. */
  readonly verdict: 'holds' | 'differs' | 'unclear';
  readonly seen: string;
}

/** Checks one assumption. */
export type Probe = (asker: Asker) => Promise<Pick<ProbeResult, 'verdict' | 'seen'>>;
