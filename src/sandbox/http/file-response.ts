import { findFile } from '../store/queries/files.ts';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/**
 * A file that came with a message. Its address is the permission to read it. It is offered for saving only:
 * a customer's HTML must not run where the API lives.
 * @throws HttpError 404.
 */
export async function fileAnswer(store: Store, id: string): Promise<Response> {
  const file = /^[\w-]{32}$/.test(id) ? await findFile(store.read, id) : undefined;
  if (!file) throw new HttpError(404, 'File not found');
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      'content-type': file.type,
      'content-length': String(file.bytes.length),
      'content-disposition': `attachment; filename*=UTF-8''${headerText(file.name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}

/** Source: RFC 8187: what `encodeURIComponent` leaves as it is, but the header's grammar does not. */
function headerText(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
