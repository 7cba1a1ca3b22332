import { cleanLine } from '../text/clean.ts';
import { dataBlock } from './rendering/quoting.ts';

/** What the model reads about a call that failed. */
export interface Failure {
  /** What failed, as a sentence. */
  readonly what: string;
  /** Whether anything changed, as a sentence. */
  readonly changed: string;
  /** What to do next, as a sentence. */
  readonly next: string;
  /** The message of the API's error response. Others wrote it, so it is quoted as data. */
  readonly apiMessage?: string | undefined;
}

/** Longer lines are cut. */
const maxLineCharacters = 4000;

export function failureText({ what, changed, next, apiMessage }: Failure, nonce: string): string {
  const quoted = apiMessage ? dataBlock([`The API said: ${cleanLine(apiMessage, 500)}`], nonce) : [];
  // An error may repeat an argument or a word of the API.
  const ours = [what, changed, next].map((line) => cleanLine(line, maxLineCharacters));
  return [...ours, ...quoted].filter((line) => line !== '').join('\n');
}
