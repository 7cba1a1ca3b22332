import { isIP } from 'node:net';

/** The names that this server goes by. */
export interface Site {
  /** The address it listens on. */
  readonly host: string;
  /** The address that clients use, if there is a proxy in between. */
  readonly publicUrl?: string | undefined;
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * Why a request is not for this server, or comes from a page of another one; undefined if it is fine. A page that makes
 * its own name point to this machine (DNS rebinding) is told by the name in `Host`; that cannot be a number.
 */
export function foreignRequest(headers: Headers, site: Site): string | undefined {
  const host = hostName(headers.get('host') ?? '');
  if (host === undefined || !isOwnName(host, site))
    return 'The Host header is not a name of this server. The server goes by its address, and by the name in --public-url.';
  const origin = headers.get('origin');
  if (origin === null || isOwnOrigin(origin, site)) return undefined;
  return 'The Origin header is foreign: pages of other sites may not use this server.';
}

function isOwnName(name: string, { host, publicUrl }: Site): boolean {
  if (isLoopback(host) ? isLoopback(name) : isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  return name === host.toLowerCase() || (publicUrl !== undefined && name === new URL(publicUrl).hostname);
}

function isOwnOrigin(origin: string, { host, publicUrl }: Site): boolean {
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;
  if (!isLoopback(host) || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopback(hostname);
}

/** The name in a Host header, without the port; undefined if it is not one. */
function hostName(header: string): string | undefined {
  const url = `http://${header}`;
  if (header === '' || /[/?#@\\\s]/.test(header) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname;
}
