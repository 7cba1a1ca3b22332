/**
 * What makes an address unusable for the API: the key would be readable on the way, or parts of it would be lost.
 * @returns undefined for an https address, or a plain http one of this machine.
 */
export function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://api.open.cx';
  const url = new URL(text);
  const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return 'must begin with https:// (plain http is accepted for this machine only: the key would be readable)';
  }
  if (url.username || url.password || url.search || url.hash)
    return 'must not hold a user, a query or a fragment';
  return undefined;
}
