import { randomBytes, randomUUID } from 'node:crypto';
import type { AttachmentBody } from '../../../contract/message.ts';
import type { z } from '../../../contract/zod.ts';
import type { FileRow } from '../../store/tables.ts';
import type { StoredAttachment } from '../events.ts';
import { invalid } from '../refusal.ts';

/** An accepted attachment, with the file to store if its content was sent. */
export interface AcceptedAttachment {
  readonly attachment: StoredAttachment;
  readonly file?: Omit<FileRow, 'session_id'>;
}

/**
 * Validates the attachments of a message. An attachment with a URL keeps it; content without a URL is stored and
 * served by the sandbox. Source: assumption `attachments`.
 * @throws Refusal 400 that names the field: URL and content missing, invalid URL, or invalid base64.
 */
export function acceptAttachments(
  bodies: readonly z.infer<typeof AttachmentBody>[] | undefined,
): AcceptedAttachment[] {
  return (bodies ?? []).map((body, index) => accept(body, `message.attachments.${index}`));
}

function accept(body: z.infer<typeof AttachmentBody>, field: string): AcceptedAttachment {
  if (body.url === undefined && body.base64 === undefined) {
    throw invalid(field, 'needs a url or its content as base64');
  }
  if (body.url !== undefined && !isHttpUrl(body.url)) {
    throw invalid(`${field}.url`, 'must be an http or https address');
  }
  const bytes = body.base64 === undefined ? undefined : decode(body.base64, `${field}.base64`);
  const name = body.name || nameIn(body.url) || 'attachment';
  const type = mediaTypeOf(body.mime_type);
  const described = { id: randomUUID(), name, size: bytes?.length ?? 0, type };
  if (body.url !== undefined) return { attachment: { ...described, url: body.url } };
  const file = randomBytes(24).toString('base64url');
  return {
    attachment: { ...described, file },
    file: { id: file, name, type, bytes: bytes ?? new Uint8Array() },
  };
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function decode(base64: string, field: string): Uint8Array {
  // Buffer.from skips invalid characters, so invalid base64 would be stored as a corrupt file.
  // One pattern for the whole text can overflow the stack on a file of several megabytes.
  const valid = !/[^A-Za-z0-9+/]/.test(base64.replace(/={1,2}$/, '')) && base64.length % 4 === 0;
  if (!valid || base64 === '') throw invalid(field, 'must be the content as base64, with its padding');
  return Buffer.from(base64, 'base64');
}

function nameIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).pathname.split('/').at(-1);
}

/** The media type if it is valid in a header, else `application/octet-stream`. */
function mediaTypeOf(text: string | undefined): string {
  const type = text?.trim().toLowerCase() ?? '';
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type) ? type : 'application/octet-stream';
}
