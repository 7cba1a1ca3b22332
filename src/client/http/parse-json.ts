import { endOfString } from '../../contract/bounded-json.ts';

/**
 * Parses JSON of the API. A byte order mark before it is skipped. A number whose digits a number of JavaScript would
 * change becomes text: an integer beyond 2^53, a decimal of many digits, and one beyond 1e308.
 * @throws SyntaxError for text that is not JSON.
 */
export function parseJson(text: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  return JSON.parse(mayChange.test(json) ? quoteLongNumbers(json) : json);
}

/** Many digits, or a large exponent of what is not part of a word. */
const mayChange = /[\d.]{16}|(?:^|[:,[\s])-?[\d.]+e[-+]?\d{3}/i;

function quoteLongNumbers(json: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < json.length) {
    const opening = json.indexOf('"', at);
    const end = opening < 0 ? json.length : opening;
    parts.push(json.slice(at, end).replace(/-?\d[-+\d.eE]{4,}/g, quoteIfChanged));
    at = opening < 0 ? end : endOfString(json, opening) + 1;
    parts.push(json.slice(end, at));
  }
  return parts.join('');
}

function quoteIfChanged(number: string): string {
  if (!isNumber.test(number)) return number;
  const value = Number(number);
  const isKept = /^-?\d+$/.test(number)
    ? Number.isSafeInteger(value)
    : Number.isFinite(value) && significand(String(value)) === significand(number);
  return isKept ? number : `"${number}"`;
}

/** Anything else is left for the parser to refuse. */
const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** The digits of a number, from the first to the last that is not zero. */
function significand(number: string): string {
  const [mantissa = ''] = number.split(/e/i, 1);
  return mantissa.replace(/[-.]/g, '').replace(/^0+|(?<!0)0+$/g, '');
}
