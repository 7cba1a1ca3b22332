import { findFile } from '../store/queries/files.ts';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/**
 * Serves a stored file of a message. The unguessable id is the permission to read it. Always a download: a customer's
 * HTML must not run in the API's origin.
 * @throws HttpError 404.
 */
export async function fileResponse(store: Store, id: string): Promise<Response> {
  const file = /^[\w-]{32}$/.test(id) ? await findFile(store.read, id) : undefined;
  if (!file) throw new HttpError(404, 'File not found');
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      'content-type': file.type,
      'content-length': String(file.bytes.length),
      'content-disposition': `attachment; filename*=UTF-8''${encodeExtended(file.name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}

/** Encodes an extended parameter value. `encodeURIComponent` leaves some characters that RFC 8187 does not allow. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
