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
    at = opening < 0 ? end : endOfString(json, opening);
    parts.push(json.slice(end, at));
  }
  return parts.join('');
}

function quoteIfLarge(number: string): string {
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number;
}

/** The index after the string that begins at `opening`. */
function endOfString(json: string, opening: number): number {
  let closing = json.indexOf('"', opening + 1);
  while (closing >= 0 && isEscaped(json, closing)) closing = json.indexOf('"', closing + 1);
  return closing < 0 ? json.length : closing + 1;
}

function isEscaped(json: string, quote: number): boolean {
  let before = quote;
  while (json[before - 1] === '\\') before -= 1;
  return (quote - before) % 2 === 1;
}
