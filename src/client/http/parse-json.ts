import { endOfString } from '../../contract/bounded-json.ts';

/**
 * Parses JSON of the API. A byte order mark before it is skipped. An integer beyond 2^53 becomes text, because a number
 * of JavaScript would change its digits.
 * @throws SyntaxError for text that is not JSON.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  return JSON.parse(/\d{16}/.test(json) ? quoteLargeIntegers(json) : json);
}

function quoteLargeIntegers(json: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < json.length) {
    const opening = json.indexOf('"', at);
    const end = opening < 0 ? json.length : opening;
    parts.push(json.slice(at, end).replace(/[-+\d.eE]{16,}/g, quoteIfLarge));
    at = opening < 0 ? end : endOfString(json, opening) + 1;
    parts.push(json.slice(end, at));
  }
  return parts.join('');
}

function quoteIfLarge(number: string): string {
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number;
}
