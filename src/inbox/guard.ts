/**
 * Why a request does not come from the page itself; undefined if it may. A browser sends pages of other sites here too: by
 * a name of theirs that points to this machine (told by `Host`), or with their `Origin`.
 * @param port where the page is served.
 */
export function foreignLocalRequest({ headers }: Request, port: number): string | undefined {
  const host = headers.get('host') ?? '';
  if (!isOwnHost(host, port)) return 'The Host header is not an address of this page.';
  const origin = headers.get('origin');
  if (origin !== null && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return foreignOrigin;
  const site = headers.get('sec-fetch-site');
  return site !== null && site !== 'same-origin' && site !== 'none' ? foreignSite : undefined;
}

const foreignOrigin = 'The Origin header is foreign: pages of other sites may not use this one.';
const foreignSite = 'The request comes from a page of another site.';

/** A loopback name, with this port. */
function isOwnHost(host: string, port: number): boolean {
  const [, name = '', given = '80'] =
    /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i.exec(host) ?? [];
  return name !== '' && Number(given) === port;
}

/**
 * The same for the page of a team. Other sites may lead people to it: links to the page, and the identity provider.
 * @param publicUrl the origin that people use. A proxy may add the port to `Host`, or leave it out.
 */
export function foreignTeamRequest({ headers, method }: Request, publicUrl: string): string | undefined {
  const { origin: own, hostname } = new URL(publicUrl);
  const host = headers.get('host') ?? '';
  if (
    !/^[\w.:[\]-]+$/.test(host) ||
    !URL.canParse(`http://${host}`) ||
    new URL(`http://${host}`).hostname !== hostname
  )
    return 'The Host header is not the name of this server, which is in --public-url.';
  const origin = headers.get('origin');
  const isRead = method === 'GET' || method === 'HEAD';
  if (origin === null ? !isRead : origin !== own) return foreignOrigin;
  const site = headers.get('sec-fetch-site');
  const isVisit = isRead && headers.get('sec-fetch-mode') === 'navigate';
  return site !== null && site !== 'same-origin' && site !== 'none' && !isVisit ? foreignSite : undefined;
}
