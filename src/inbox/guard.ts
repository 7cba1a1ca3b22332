/**
 * Why a request does not come from the page itself; undefined if it may. A browser sends pages of other sites here too: by
 * a name of theirs that points to this machine (told by `Host`), or with their `Origin`.
 * @param port where the page is served.
 */
export function foreignLocalRequest({ headers }: Request, port: number): string | undefined {
  const host = headers.get('host') ?? '';
  if (!isOwnHost(host, port)) return 'The Host header is not an address of this page.';
  const origin = headers.get('origin');
  if (origin !== null && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return 'The Origin header is foreign: pages of other sites may not use this one.';
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none')
    return 'The request comes from a page of another site.';
  return undefined;
}

/** A loopback name, with this port. */
function isOwnHost(host: string, port: number): boolean {
  const [, name = '', given = '80'] =
    /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i.exec(host) ?? [];
  return name !== '' && Number(given) === port;
}
