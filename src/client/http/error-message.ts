import { redact } from './redact.ts';

const maxCharacters = 500;

/** As much of a message as is looked at: what the patterns below cost stays bounded. */
const maxInput = 4000;

/** Where a stack trace begins: a frame of JavaScript, Java, .NET, Python, PHP, Ruby or Go, or the words before one. */
const stackStart = new RegExp(
  [
    String.raw`\bTraceback \(most recent call last\)`,
    String.raw`\bstack ?trace:`,
    String.raw`\bgoroutine \d+ \[`,
    String.raw`\bFile "[^"\n]{1,300}", line \d`,
    String.raw`(?:^|\s)#\d+ \S{1,300}\(\d+\)`,
    String.raw`(?:^|\s)\S{1,300}\.rb:\d+:in\b`,
    String.raw`(?:^|\s)at [^\n]{0,300}?(?:\.(?:[cm]?[jt]sx?|java|kt|scala|cs|vb|php|py|rb|go|rs|swift):(?:line )?\d|\bnode:\w|<anonymous>|\(native)`,
  ].join('|'),
  'i',
);

/**
 * What an error body says, fit to be quoted: `message`, or else `error`; a list of messages is joined. Text that is no
 * JSON, such as the HTML page of a proxy, is not quoted at all. Of what is, markup is taken out, a stack trace cut off
 * and the key redacted.
 * @returns at most 500 characters; undefined where nothing is left to quote.
 */
export function readMessage(body: string, apiKey: string): string | undefined {
  const text = withoutMarkup(withoutStack(rawMessage(body).slice(0, maxInput)));
  // Masked at the end: markup inside a key would hide it until here.
  return redact(text, apiKey).trim().slice(0, maxCharacters) || undefined;
}

function rawMessage(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return '';
  }
  if (typeof parsed !== 'object' || parsed === null) return '';
  const { message, error } = parsed as { message?: unknown; error?: unknown };
  const parts = Array.isArray(message) ? message : [message ?? error];
  return parts.filter((part) => typeof part === 'string').join('; ');
}

function withoutStack(text: string): string {
  const at = text.search(stackStart);
  return at < 0 ? text : text.slice(0, at);
}

/**
 * No `<` is left that could begin a tag, also once invisible characters behind it are taken out. An address in angle
 * brackets is no tag and stays.
 */
function withoutMarkup(text: string): string {
  return text
    .replace(/<(script|style|title)\b[^>]*>[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<(?![^<>\s]+@[^<>\s]+>)[!/?]?[a-z][^<>]*>/gi, ' ')
    .replace(/<(?![ \t\n\d=]|$)(?![^<>\s]+@[^<>\s]+>)/g, '')
    .replace(/[ \t]{2,}/g, ' ');
}
