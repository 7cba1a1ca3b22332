import type { assumptions } from '../../../contract/assumptions.ts';
import type { ApiReader } from '../api-reader.ts';

export type AssumptionName = keyof typeof assumptions;

/** Whether an assumption holds for an API. Contains no customer data. */
export interface ProbeResult {
  readonly assumption: AssumptionName;
  readonly topic: string;
  /** `unclear` if the available data does not show it, or the API could not be read. */
  readonly verdict: 'holds' | 'differs' | 'unclear';
  readonly detail: string;
}

type Result = Pick<ProbeResult, 'verdict' | 'detail'>;

/** Checks one assumption. */
export type Probe = (api: ApiReader) => Promise<Result>;

export const result = (holds: boolean, detail: string): Result => ({
  verdict: holds ? 'holds' : 'differs',
  detail,
});

export const unclear = (detail: string): Result => ({ verdict: 'unclear', detail });
