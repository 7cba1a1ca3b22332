import type { ProxySettings } from '../../../client/http/connection-pools.ts';
import { bareValue, type Environment } from '../../settings/read-settings.ts';

/** Proxy settings, or why the configured proxy cannot be used. */
export interface ProxyChoice {
  readonly settings: ProxySettings;
  readonly problem?: string;
}

/** Reads HTTPS_PROXY and NO_PROXY, upper or lower case. A malformed proxy is a problem only if the API needs it. */
export function proxyFor(baseUrl: string, env: Environment): ProxyChoice {
  const text = bareValue(env['HTTPS_PROXY'] || env['https_proxy'] || '');
  const noProxy = env['NO_PROXY'] || env['no_proxy'] || undefined;
  if (text === '') return { settings: { noProxy } };
  const httpsProxy = parseProxy(text);
  if (httpsProxy !== undefined) return { settings: { httpsProxy, noProxy } };
  // Plain http is for loopback addresses only, and never uses a proxy.
  const url = new URL(baseUrl);
  if (url.protocol === 'http:' || bypassesProxy(url, noProxy)) return { settings: {} };
  // The message does not repeat the value: it may contain a password.
  const problem =
    'HTTPS_PROXY: must be the URL of an HTTP proxy, such as http://proxy.example.com:8080. SOCKS proxies are not supported.';
  return { settings: {}, problem };
}

/** As curl reads it: `http://` may be left out. A percent sign in a password may be one that nobody encoded. */
function parseProxy(text: string): string | undefined {
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const encoded = withScheme.replace(/%(?![\da-f]{2})/gi, '%25');
  if (!/^https?:\/\//i.test(encoded) || !URL.canParse(encoded)) return undefined;
  const { username, password } = new URL(encoded);
  try {
    decodeURIComponent(username + password);
    return encoded;
  } catch {
    // Encoded, but not as UTF-8.
    return encoded.replace(/%/g, '%25');
  }
}

/** Whether NO_PROXY lists the host of a URL, with its port or without one, or a parent domain. */
export function bypassesProxy({ hostname, port, protocol }: URL, noProxy = ''): boolean {
  const portNumber = port || (protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [, name = '', wanted] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== portNumber) return false;
      return name === '*' || name === hostname || hostname.endsWith(`.${name}`);
    });
}
