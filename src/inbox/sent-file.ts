import type { FileOutcome } from '../client/files/fetch-file.ts';
import { findAttachment } from '../conversations/reading/find-attachment.ts';
import { cleanLine } from '../text/clean.ts';
import { decodeText, imageType } from '../text/file-content.ts';
import { readableText } from '../text/mail/readable-text.ts';
import type { Reading } from './reading.ts';

/** What the page gets of a file. */
export type SentFileRead =
  /** `image` and `text` are by content, whatever the file is called. The page shows them, and keeps the others for saving. */
  | {
      readonly kind: 'image' | 'text' | 'other';
      readonly type: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'unread'; readonly reason: string };

const maxBytes = 20_000_000;

/** Longer text is shortened: it is shown, not saved. */
const maxTextCharacters = 200_000;

/**
 * Fetches a file that a person asked for. Only addresses in the session's history are fetched, without the key.
 * @returns undefined if the history has no such file.
 */
export async function readSentFile(
  sessionId: string,
  fileId: string,
  { context, redact }: Reading,
): Promise<SentFileRead | undefined> {
  const { client, call } = context;
  // Who the contact is, says the session.
  if (redact) await client.getSession(sessionId, call);
  const { found } = await findAttachment(sessionId, fileId, context);
  if (found === undefined) return undefined;
  const outcome = await client.fetchFile({ url: found.file.url, maxBytes, accepts: () => true }, call);
  if (outcome.state !== 'fetched') return { kind: 'unread', reason: reasonOf(outcome) };
  const bytes = new Uint8Array(outcome.bytes);
  const image = imageType(outcome.bytes);
  const text = image === undefined ? decodeText(outcome.bytes, outcome.declaredType) : undefined;
  if (redact) return redactedText(text, redact, call.signal);
  if (image !== undefined) return { kind: 'image', type: image, bytes };
  if (text === undefined) return { kind: 'other', type: 'application/octet-stream', bytes };
  return plainText(text.slice(0, maxTextCharacters));
}

function plainText(text: string): SentFileRead {
  return { kind: 'text', type: 'text/plain; charset=utf-8', bytes: new TextEncoder().encode(text) };
}

/** Tags in the middle of a word would hide it, so markup is read first. */
async function redactedText(
  text: string | undefined,
  redact: NonNullable<Reading['redact']>,
  signal: AbortSignal | undefined,
): Promise<SentFileRead> {
  const read =
    text === undefined ? undefined : await readableText(text.slice(0, maxTextCharacters), { signal });
  if (text === undefined || read === undefined || read.isUnsafe)
    return {
      kind: 'unread',
      reason: 'Your role does not see personal data, and in this file it cannot be replaced.',
    };
  // A word at the end that was cut has no shape any more.
  const isCut = text.length > maxTextCharacters || read.unread > 0;
  return plainText(redact.view({ text: read.text, ...(isCut && { cut_chars: 1 }) }).text);
}

function reasonOf(outcome: Exclude<FileOutcome, { state: 'fetched' }>): string {
  if (outcome.state === 'refused') return `The host of the file answered with status ${outcome.status}.`;
  switch (outcome.problem) {
    case 'bad_address':
    case 'not_https':
    case 'not_public':
    case 'bad_redirect':
    case 'too_many_redirects':
      return 'The file is at an address that is not fetched: only https addresses of public hosts are.';
    case 'too_large':
      return `The file is larger than ${maxBytes / 1_000_000} MB.`;
    default:
      return `The file could not be fetched (${cleanLine(outcome.problem)}).`;
  }
}
