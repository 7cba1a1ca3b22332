import type { IdentityProvider } from './identity-provider.ts';

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Somebody with a browser, which keeps cookies and follows redirects only when it is told to. */
export function visitorOf(fetch: Fetch, origin: string, provider: IdentityProvider) {
  const cookies = new Map<string, string>();

  async function open(
    path: string,
    { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(new URL(path, origin).href, {
      ...init,
      headers: { ...(cookie && { cookie }), ...headers },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    const { status } = response;
    return { status, text, location: response.headers.get('location') ?? '', headers: response.headers };
  }

  /** As the page itself asks. */
  async function api(path: string, body?: object, { home = '/inbox', headers = {} } = {}) {
    const text = JSON.stringify(body ?? {});
    const post = {
      method: 'POST',
      body: text,
      headers: { origin, 'content-type': 'application/json', 'content-length': String(text.length) },
    };
    const { headers: more = {}, ...init } = body === undefined ? {} : post;
    const asked = await open(`${home}/api${path}`, {
      ...init,
      headers: { 'x-opencx-inbox': '1', ...more, ...headers },
    });
    return { ...asked, json: JSON.parse(asked.text) };
  }

  return {
    cookies,
    open,
    api,
    /** @returns where they are in the end, without the page. */
    async signIn(person: string | undefined, home = '/inbox') {
      const begun = await open(`${home}/sign-in`);
      const back = await provider.visit(begun.location, person);
      const { location } = await open(back);
      return { begun, back, location };
    },
  };
}
