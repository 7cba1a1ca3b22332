const stored = 'opencx-inbox-place';

/** The session that the address names. */
export function selectedId(): string | undefined {
  const [, id] = /^#s=(.+)$/.exec(location.hash) ?? [];
  if (id === undefined) return undefined;
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** Signing in leads through other pages. Whoever comes back goes on where they were. */
export function keepPlace(): void {
  if (location.hash.startsWith('#s=')) sessionStorage.setItem(stored, location.hash);
}

export function restorePlace(): void {
  const place = sessionStorage.getItem(stored);
  sessionStorage.removeItem(stored);
  if (place !== null && location.hash === '') history.replaceState(null, '', place);
}
