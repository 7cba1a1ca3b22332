import type { Dispatcher } from 'undici';
import type { Limits } from '../http/call-options.ts';
import { type DownloadProblem, download } from './download.ts';
import { mayBePublicHost } from './public-address.ts';

/** Why a file was not fetched. */
export type FileProblem =
  | DownloadProblem
  /** Not a URL, or one with a user name. */
  | 'bad_address'
  /** Not https. */
  | 'not_https'
  /** More redirects than are followed. */
  | 'too_many_redirects'
  /** Redirected to an address that is not allowed. */
  | 'bad_redirect';

export type FileOutcome =
  /** `declaredType` is the content type that the host says, which may be anything. */
  | { readonly state: 'fetched'; readonly bytes: Buffer; readonly declaredType: string | undefined }
  /** The host answered with this status. */
  | { readonly state: 'refused'; readonly status: number }
  /** `head` is how an unwanted file begins. */
  | { readonly state: 'not_fetched'; readonly problem: FileProblem; readonly head?: Buffer };

export interface FileRequest {
  readonly url: string;
  readonly maxBytes: number;
  /** Whether a file that begins like this is worth reading. Called once, with at least 512 bytes or all there are. */
  accepts(head: Buffer): boolean;
}

interface FileConnections {
  /** For hosts of the internet. Loaded on demand. */
  readonly pool: () => Promise<Dispatcher>;
  /** The API's own origin and the way to it, if it is on this machine: the sandbox serves files itself. */
  readonly own: { readonly origin: string; readonly dispatcher: Dispatcher } | undefined;
  readonly userAgent: string;
}

const maxRedirects = 3;

/**
 * Fetches a file that anybody may have named. No credentials are sent. Only https and public hosts are allowed, for each
 * redirect too; an API on this machine may also serve files itself, but nothing may redirect there.
 * @throws CancelledError when the caller aborts.
 */
export async function fetchFile(
  { url, ...wanted }: FileRequest,
  { pool, own, userAgent }: FileConnections,
  limits: Limits,
): Promise<FileOutcome> {
  let target = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const address = URL.canParse(target) ? new URL(target) : undefined;
    const isOwn = redirects === 0 && own !== undefined && address?.origin === own.origin;
    const problem = addressProblem(address, isOwn);
    if (problem !== undefined)
      return { state: 'not_fetched', problem: redirects === 0 ? problem : 'bad_redirect' };
    const dispatcher = isOwn ? own.dispatcher : await pool();
    const result = await download(dispatcher, address as URL, userAgent, wanted, limits);
    switch (result.state) {
      case 'read':
        return { state: 'fetched', bytes: result.bytes, declaredType: result.declaredType };
      case 'refused':
        return result;
      case 'failed':
        return {
          state: 'not_fetched',
          problem: redirects > 0 && result.problem === 'not_public' ? 'bad_redirect' : result.problem,
          ...(result.head ? { head: result.head } : {}),
        };
      case 'redirect':
        target = URL.canParse(result.location, target) ? new URL(result.location, target).href : '';
    }
  }
  return { state: 'not_fetched', problem: 'too_many_redirects' };
}

function addressProblem(address: URL | undefined, isOwn: boolean): FileProblem | undefined {
  if (address === undefined || address.username !== '' || address.password !== '') return 'bad_address';
  if (isOwn) return undefined;
  if (address.protocol !== 'https:') return 'not_https';
  return mayBePublicHost(address.hostname) ? undefined : 'not_public';
}
