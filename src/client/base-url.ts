/**
 * Checks a base URL. Plain http would expose the key, so only loopback addresses may use it.
 * @returns what is wrong with it, or undefined.
 */
export function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://api.open.cx';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(text))) {
    return 'must begin with https:// (plain http exposes the key; it is allowed for localhost only)';
  }
  if (url.username || url.password || url.search || url.hash)
    return 'must not have a user, query or fragment';
  return undefined;
}

/** Whether the host of a URL is this machine. */
export function isLoopback(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
