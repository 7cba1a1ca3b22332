import { redact } from '../../text/redact.ts';
import { parseJson } from './parse-json.ts';

const maxCharacters = 500;

/** Bounds the cost of the patterns below. */
const maxInput = 4000;

/** The start of a stack trace: a heading, or a frame of JavaScript, Java, .NET, Python, PHP, Ruby or Go. */
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
 * Reads the message of an error body: `message`, or `error` if there is none. A list of messages is joined. Markup,
 * stack traces and the key are removed. Bodies that are not JSON, such as a proxy's HTML page, are ignored.
 * @returns at most 500 characters, or undefined if there is no message.
 */
export function readMessage(body: string, apiKey: string): string | undefined {
  const text = withoutMarkup(withoutStack(rawMessage(body).slice(0, maxInput)));
  // Redact last: markup inside the key would hide it from an earlier search.
  return redact(text, apiKey).trim().slice(0, maxCharacters) || undefined;
}

function rawMessage(body: string): string {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    // It has no message.
  }
  const { message, error } = (parsed ?? {}) as { message?: unknown; error?: unknown };
  const parts = Array.isArray(message) ? message : [message ?? error];
  return parts.filter((part) => typeof part === 'string').join('; ');
}

function withoutStack(text: string): string {
  const at = text.search(stackStart);
  return at < 0 ? text : text.slice(0, at);
}

/**
 * Removes tags and every `<` that could start one, even if invisible characters follow it and are removed later.
 * Keeps email addresses in angle brackets.
 */
function withoutMarkup(text: string): string {
  return text
    .replace(/<(script|style|title)\b[^<>]*>(?:(?!<\/\1>)[\s\S])*(?:<\/\1>)?/gi, ' ')
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<(?![^<>\s@]+@[^<>\s@]+>)[!/?]?[a-z][^<>]*>/gi, ' ')
    .replace(/<(?![ \t\n\d=]|$)(?![^<>\s@]+@[^<>\s@]+>)/g, '')
    .replace(/[ \t]{2,}/g, ' ');
}
