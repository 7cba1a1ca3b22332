import { randomBytes, randomUUID } from 'node:crypto';
import type { AttachmentBody } from '../../../contract/message.ts';
import type { z } from '../../../contract/zod.ts';
import type { FileRow } from '../../store/tables.ts';
import type { StoredAttachment } from '../events.ts';
import { invalid } from '../refusal.ts';

/** An attachment that was accepted, and the file to keep for it where its content came along. */
export interface AcceptedAttachment {
  readonly attachment: StoredAttachment;
  readonly file?: Omit<FileRow, 'session_id'>;
}

/**
 * Checks the attachments of a message. One with an address keeps it; content that comes without an address is
 * kept and served by the sandbox.
 * @throws Refusal 400 naming the field, for neither address nor content, or for broken base64.
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
  if (body.url !== undefined && !isWebAddress(body.url)) {
    throw invalid(`${field}.url`, 'must be an http or https address');
  }
  const bytes = body.base64 === undefined ? undefined : decode(body.base64, `${field}.base64`);
  const name = body.name || nameIn(body.url) || 'attachment';
  const type = mediaType(body.mime_type);
  const described = { id: randomUUID(), name, size: bytes?.length ?? 0, type };
  if (body.url !== undefined) return { attachment: { ...described, url: body.url } };
  const file = randomBytes(24).toString('base64url');
  return {
    attachment: { ...described, file },
    file: { id: file, name, type, bytes: bytes ?? new Uint8Array() },
  };
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function decode(base64: string, field: string): Uint8Array {
  // Buffer.from skips what it does not know, so a broken text would be stored as a broken file.
  const whole = /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0;
  if (!whole || base64 === '') throw invalid(field, 'must be the content as base64, with its padding');
  return Buffer.from(base64, 'base64');
}

function nameIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).pathname.split('/').at(-1);
}

/** A media type that can stand in a header; anything else is plain bytes. */
function mediaType(text: string | undefined): string {
  const plain = text?.trim().toLowerCase() ?? '';
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(plain) ? plain : 'application/octet-stream';
}
