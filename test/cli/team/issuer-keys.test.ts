import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { issuerKeys } from '../../../src/cli/team/sign-in/issuer-keys.ts';
import { type SigningKey, signingKey } from '../../support/doors/identity-provider.ts';
import { type Answer, startUpstream, type Upstream } from '../../support/fakes/http-server.ts';
import { createAuthority } from '../../support/faults/certificates.ts';
import { settableClock } from '../../support/state/settable-clock.ts';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey('k');
});

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
  return () => upstream.close();
});

function open(issuer = upstream.url) {
  const clock = settableClock();
  const failures: string[] = [];
  const keys = issuerKeys({ issuer, env: {}, clock, onFailure: ({ message }) => failures.push(message) });
  const find = () => keys.keyOf({ alg: 'ES256', kid: 'k' }, { payload: '', signature: '' });
  return { clock, failures, find, keys };
}

const metadata = (more: object = {}): Answer => ({
  json: { issuer: upstream.url, jwks_uri: `${upstream.url}/keys`, ...more },
});
const keySet = (): Answer => ({ json: { keys: [key.publicJwk] } });
const missing: Answer = { status: 404 };
const paths = () => upstream.requests.map(({ path }) => path);

describe('the keys of an identity provider', () => {
  it('are found through OpenID Connect Discovery', async () => {
    upstream.script(metadata(), keySet());
    await open().find();
    expect(paths()).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are found through RFC 8414, for an issuer with a path too', async () => {
    const issuer = `${upstream.url}/realms/team`;
    upstream.script(missing, metadata({ issuer }), keySet());
    await open(issuer).find();
    expect(paths()).toEqual([
      '/realms/team/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/realms/team',
      '/keys',
    ]);
  });

  it('are found for an issuer that ends with a slash', async () => {
    const issuer = `${upstream.url}/`;
    upstream.script(metadata({ issuer }), keySet());
    await open(issuer).find();
    expect(paths()[0]).toBe('/.well-known/openid-configuration');
  });

  it('come from a host whose certificate is trusted, and what to set is said', async () => {
    const server = createTlsServer(createAuthority('Private').issue('127.0.0.1'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { failures, keys } = open(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await keys.discover();
    expect(failures).toEqual([
      expect.stringMatching(
        /cannot be reached \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); if a private authority .+ set NODE_EXTRA_CA_CERTS/,
      ),
    ]);
  });

  it('can be looked up ahead of the first token', async () => {
    upstream.script(metadata(), keySet());
    const { keys, find } = open();
    await keys.discover();
    expect(paths()).toEqual(['/.well-known/openid-configuration']);
    await find();
    expect(paths().slice(1)).toEqual(['/keys']);
  });

  it.each<[string, () => Answer[], RegExp]>([
    ['has no metadata', () => [missing, missing], /neither .* nor .* exists$/],
    [
      'calls itself otherwise',
      () => [metadata({ issuer: 'https://id.example' })],
      /names the issuer "https:\/\/id\.example"; sign_in\.issuer must be spelled exactly like it$/,
    ],
    ['names no keys', () => [metadata({ jwks_uri: undefined })], /no jwks_uri$/],
    [
      'names keys over plain http',
      () => [metadata({ jwks_uri: 'http://id.example/keys' })],
      /does not begin with https/,
    ],
    ['names a file of keys', () => [metadata({ jwks_uri: 'file:///etc/keys' })], /does not begin with https/],
    ['redirects', () => [{ status: 302, headers: { location: '/elsewhere' } }], /answered 302$/],
    ['fails', () => [{ status: 500 }], /answered 500$/],
    ['answers with a page', () => [{ text: '<html>' }], /is not a JSON object$/],
    ['has an empty page of keys', () => [metadata(), { json: {} }], /\/keys has no keys$/],
    [
      'redirects for its keys',
      () => [metadata(), { status: 301, headers: { location: '/' } }],
      /answered 301$/,
    ],
  ])('cannot be used where the provider %s', async (_, answers, reason) => {
    upstream.script(...answers());
    const { find, failures } = open();
    await expect(find()).rejects.toThrow(reason);
    expect(failures).toEqual([expect.stringMatching(reason)]);
  });

  it('are asked for again some seconds after a failure, and not before', async () => {
    upstream.script({ status: 500 }, metadata(), keySet());
    const { find, clock, failures } = open();
    await expect(find()).rejects.toThrow('answered 500');
    await expect(find()).rejects.toThrow('answered 500');
    expect(upstream.requests).toHaveLength(1);
    expect(failures).toHaveLength(1);
    clock.pass(5000);
    await find();
    expect(upstream.requests).toHaveLength(3);
  });

  it('are not asked for while certificates are not verified', async () => {
    const failures: string[] = [];
    const keys = issuerKeys({
      issuer: 'https://127.0.0.1:1',
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      onFailure: ({ message }) => failures.push(message),
    });
    await keys.discover();
    expect(failures).toEqual([expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off/)]);
  });

  it('are asked for through the proxy of the environment', async () => {
    const proxied: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      proxied.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as { port: number };
    const keys = issuerKeys({
      issuer: 'https://id.example',
      env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
      onFailure: () => {},
    });
    await keys.discover();
    expect(proxied).toEqual(['id.example:443']);
  });
});
