import type { InboxProblem } from '../../../presenters/inbox/views.ts';

/** A request that failed. The message is for the person at the page. */
export class Problem extends Error {
  /** 0 if no answer came. */
  readonly status: number;
  readonly word: string;

  constructor(status: number, { error, message }: InboxProblem) {
    super(message);
    this.status = status;
    this.word = error;
  }
}

const storedKey = 'opencx-inbox-key';

/** Words of answers that say who may not use the page. */
const locking = ['no_key', 'no_session', 'no_role'];

/** The server of this page. */
export class Api {
  /** Address of the page. */
  readonly home: string;
  /** Where people sign in; undefined where a code opens the page. */
  readonly signInAt: string | undefined;
  /** Called when the server does not let the page in, or not any more. */
  onLocked: (problem: Problem) => void = () => {};
  #key = sessionStorage.getItem(storedKey);

  /** @param page what the server says about the page. */
  constructor({ home = '/inbox', signIn }: DOMStringMap) {
    this.home = home;
    this.signInAt = signIn;
  }

  /**
   * Exchanges the code in the address for a key. The code leaves the address at once, and the key is kept by this tab only.
   * Whoever signs in elsewhere has a cookie, which the page cannot see.
   * @throws Problem if there is neither a code that works nor a key.
   */
  async signIn(): Promise<void> {
    if (this.signInAt !== undefined) return;
    const [, code] = /^#code=([\w-]+)$/.exec(location.hash) ?? [];
    if (code !== undefined) {
      history.replaceState(null, '', location.pathname);
      try {
        const { key } = await this.post<{ key: string }>('/sign-in', { code });
        this.#key = key;
        sessionStorage.setItem(storedKey, key);
      } catch (error) {
        // A tab that was duplicated, or restored, has a key already.
        if (this.#key === null) throw error;
      }
    }
    if (this.#key === null)
      throw new Problem(401, {
        error: 'no_key',
        message: 'This page has to be opened with a link that works once.',
      });
  }

  /** Ends the session of this browser, and leaves the page. @throws Problem. */
  async signOut(): Promise<void> {
    await this.post('/sign-out', {});
    location.replace(`${this.home}/notice?about=signed_out`);
  }

  /** Opens the page once more: another tab has no key. @throws Problem. */
  async openWindow(): Promise<void> {
    const { code } = await this.post<{ code: string }>('/codes', {});
    open(`${location.pathname}#code=${code}`, '_blank', 'noopener');
  }

  async get<T>(
    path: string,
    query: Record<string, string | undefined> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
    return (await this.fetch(`${path}${search}`, signal ? { signal } : {})).json();
  }

  async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return (await this.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  }

  /** @throws Problem for anything but a 2xx, and an AbortError. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    // Pages of other sites cannot send it.
    headers.set('x-opencx-inbox', '1');
    if (this.#key !== null) headers.set('authorization', `Bearer ${this.#key}`);
    let response: Response;
    try {
      response = await fetch(`${this.home}/api${path}`, { ...init, headers });
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error;
      throw new Problem(0, {
        error: 'offline',
        message: this.signInAt
          ? 'The server does not answer.'
          : 'The program behind this page does not answer. Is it still running?',
      });
    }
    if (response.ok) return response;
    const problem = await response
      .json()
      .catch(() => ({ error: 'failed', message: `Status ${response.status}.` }));
    const known = new Problem(response.status, problem);
    if (locking.includes(known.word)) {
      sessionStorage.removeItem(storedKey);
      this.#key = null;
      this.onLocked(known);
    }
    throw known;
  }
}
