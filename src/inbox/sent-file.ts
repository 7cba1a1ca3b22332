import type { FileOutcome } from '../client/files/fetch-file.ts';
import type { Context } from '../conversations/context.ts';
import { findAttachment } from '../conversations/reading/find-attachment.ts';
import { cleanLine } from '../text/clean.ts';
import { decodeText, imageType } from '../text/file-content.ts';

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
  context: Context,
): Promise<SentFileRead | undefined> {
  const { client, call } = context;
  const { found } = await findAttachment(sessionId, fileId, context);
  if (found === undefined) return undefined;
  const outcome = await client.fetchFile({ url: found.file.url, maxBytes, accepts: () => true }, call);
  if (outcome.state !== 'fetched') return { kind: 'unread', reason: reasonOf(outcome) };
  const bytes = new Uint8Array(outcome.bytes);
  const image = imageType(outcome.bytes);
  if (image !== undefined) return { kind: 'image', type: image, bytes };
  const text = decodeText(outcome.bytes, outcome.declaredType);
  if (text === undefined) return { kind: 'other', type: 'application/octet-stream', bytes };
  return {
    kind: 'text',
    type: 'text/plain; charset=utf-8',
    bytes: new TextEncoder().encode(text.slice(0, maxTextCharacters)),
  };
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
