import { expect, it } from 'vitest';
import { tlsProblem } from '../../../src/cli/setup/api/api-target.ts';
import { proxyFor } from '../../../src/cli/setup/api/proxy.ts';

const api = 'https://api.open.cx';
const loopback = 'http://127.0.0.1:9';

it.each([
  ['http://proxy:8080', 'http://proxy:8080'],
  ['proxy:8080', 'http://proxy:8080'],
  [' "proxy.example.com:8080" ', 'http://proxy.example.com:8080'],
  ['HTTP://proxy:8080', 'HTTP://proxy:8080'],
  ['http://user:50%off@127.0.0.1:9', 'http://user:50%25off@127.0.0.1:9'],
  ['http://user:a%20b@127.0.0.1:9', 'http://user:a%20b@127.0.0.1:9'],
  ['http://user:%ff@127.0.0.1:9', 'http://user:%25ff@127.0.0.1:9'],
])('the proxy %s is read as %s', (HTTPS_PROXY, httpsProxy) => {
  for (const env of [{ HTTPS_PROXY }, { https_proxy: HTTPS_PROXY }]) {
    expect(proxyFor(api, env)).toEqual({ settings: { httpsProxy } });
  }
  expect(() => decodeURIComponent(new URL(httpsProxy).password)).not.toThrow();
});

it.each(['socks5://proxy:1080', 'ftp://proxy', 'http://', 'http://:hunter2@'])(
  'the proxy %s is a problem only if the API needs it',
  (HTTPS_PROXY) => {
    const { problem } = proxyFor(api, { HTTPS_PROXY });
    expect(problem).toMatch(/^HTTPS_PROXY: must be the URL of an HTTP proxy/);
    expect(problem).not.toContain('hunter2');
    for (const noProxy of ['*', 'x, .open.cx', 'API.open.cx', 'open.cx:443']) {
      expect(proxyFor(api, { HTTPS_PROXY, NO_PROXY: noProxy })).toEqual({ settings: {} });
      expect(proxyFor(api, { HTTPS_PROXY, no_proxy: noProxy })).toEqual({ settings: {} });
    }
    for (const noProxy of ['pen.cx', 'open.cx:80', '']) {
      expect(proxyFor(api, { HTTPS_PROXY, NO_PROXY: noProxy }).problem, noProxy).toBeDefined();
    }
    expect(proxyFor(loopback, { HTTPS_PROXY })).toEqual({ settings: {} });
  },
);

it('certificates that are not verified are a problem, except on this machine', () => {
  expect(tlsProblem(api, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toContain('the key is not sent');
  expect(tlsProblem(api, { NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toBeUndefined();
  expect(tlsProblem(api, {})).toBeUndefined();
  expect(tlsProblem(loopback, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBeUndefined();
});
