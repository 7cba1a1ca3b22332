import { cleanLine } from '../text/clean.ts';
import { dataBlock } from './rendering/quoting.ts';

/** What a model is told when a call did not succeed. */
export interface Failure {
  /** What failed, as a sentence. */
  readonly what: string;
  /** Whether anything changed, as a sentence. */
  readonly changed: string;
  /** What to do next, as a sentence. */
  readonly next: string;
  /** The API's own words, written by others. */
  readonly apiMessage?: string | undefined;
}

export function failureText({ what, changed, next, apiMessage }: Failure, nonce: string): string {
  const said = apiMessage ? dataBlock([`The API said: ${cleanLine(apiMessage, 500)}`], nonce) : [];
  return [what, changed, next, ...said].filter((line) => line !== '').join('\n');
}
