import type { FileOutcome, FileProblem } from '../../client/files/fetch-file.ts';
import { decodeText, imageType, mayBeText, otherType } from '../../text/file-content.ts';
import type { Context } from '../context.ts';
import { type AttachmentSearch, findAttachment } from './find-attachment.ts';

export type { FileProblem };

/** What a file holds, or why that is not known. */
export type FileContent =
  | { readonly kind: 'image'; readonly type: string; readonly bytes: Buffer }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly bytes: number;
      readonly type: string | undefined;
    }
  /** Neither an image that models can see nor text. `type` is what it is, if that is known. */
  | { readonly kind: 'other'; readonly type: string | undefined }
  | { readonly kind: 'unread'; readonly outcome: Exclude<FileOutcome, { state: 'fetched' }> };

export interface AttachmentRead extends AttachmentSearch {
  readonly sessionId: string;
  readonly wanted: string;
  /** The verified name of the session's contact, if it is known. */
  readonly verifiedName?: string | undefined;
  /** Absent if the file was not found in the history. */
  readonly content?: FileContent;
}

/** Models take no larger images (Claude: 5 MB each). */
const maxFileBytes = 5_000_000;

/** Part of the remaining time that a file may take. The rest is for answering. */
const fetchShare = 0.7;

/** Longer is not waited for, so that a slow host does not hold a call until its end. */
const maxFetchMs = 20_000;

/**
 * Reads a file of a session: only one that stands in its history is fetched. What a file is, its content decides.
 * @param wanted the file's id, address or name.
 */
export async function getAttachment(
  sessionId: string,
  wanted: string,
  context: Context,
): Promise<AttachmentRead> {
  const search = await findAttachment(sessionId, wanted, context);
  const { found } = search;
  const verifiedName = context.seenSessions.verifiedNameOf(sessionId);
  if (found === undefined) return { ...search, sessionId, wanted, verifiedName };
  const { client, call } = context;
  context.progress('Fetching the file');
  const limit = call.deadline.share(fetchShare);
  const deadline = limit.allows(maxFetchMs) ? limit.earlierBy(limit.remainingMs - maxFetchMs) : limit;
  const accepts = (head: Buffer) => imageType(head) !== undefined || mayBeText(head);
  const request = { url: found.file.url, maxBytes: maxFileBytes, accepts };
  const outcome = await client.fetchFile(request, { ...call, deadline });
  return { ...search, sessionId, wanted, verifiedName, content: contentOf(outcome, found.file.type) };
}

function contentOf(outcome: FileOutcome, typeInHistory: string): FileContent {
  if (outcome.state === 'fetched') {
    const { bytes, declaredType } = outcome;
    const image = imageType(bytes);
    if (image !== undefined) return { kind: 'image', type: image, bytes };
    const text = decodeText(
      bytes,
      [declaredType, typeInHistory].find((type) => type?.includes('/')),
    );
    return text === undefined
      ? { kind: 'other', type: otherType(bytes) }
      : { kind: 'text', text, bytes: bytes.length, type: declaredType };
  }
  if (outcome.state === 'not_fetched' && outcome.problem === 'unwanted')
    return { kind: 'other', type: outcome.head && otherType(outcome.head) };
  return { kind: 'unread', outcome };
}
