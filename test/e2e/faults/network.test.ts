import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../support/faults/certificates.ts';
import { key } from '../../support/faults/client.ts';
import { startProxy } from '../../support/faults/proxy.ts';
import { isSend, message, scene } from '../../support/faults/scene.ts';

/** A host that only the proxy of these tests can reach. */
const host = 'api.opencx.test';

const authority = createAuthority('A private authority');
const identity = authority.issue(host, 'localhost', '127.0.0.1');

/** An API over https with a certificate of the private authority, and a proxy to it. */
async function secure() {
  const all = await scene({ tls: identity });
  const proxy = await startProxy(all.upstream.url);
  onTestFinished(() => proxy.close());
  return {
    ...all,
    proxy,
    NODE_EXTRA_CA_CERTS: authority.file(all.folder),
    OPENCX_API_URL: `https://${host}`,
    HTTPS_PROXY: proxy.url,
  };
}

describe('a certificate of a private authority', () => {
  it('is trusted if NODE_EXTRA_CA_CERTS names the authority, and no proxy is used for the hosts in NO_PROXY', async () => {
    const { serve, upstream, proxy, NODE_EXTRA_CA_CERTS, HTTPS_PROXY } = await secure();
    const OPENCX_API_URL = `https://localhost:${new URL(upstream.url).port}`;
    const env = { NODE_EXTRA_CA_CERTS, OPENCX_API_URL, HTTPS_PROXY, NO_PROXY: 'other.test, LOCALHOST' };
    const server = await serve({ env });
    expect((await server.call('send_message', message)).view).toMatchObject({ outcome: 'sent' });
    expect(upstream.arrivals[0]?.authorization).toBe(`Bearer ${key}`);
    expect(proxy.tunnels).toEqual([]);
  });

  it('is rejected without its file, which is reported: nothing is sent, and the error says what to do', async () => {
    const { serve, upstream, folder } = await secure();
    const server = await serve({ env: { NODE_EXTRA_CA_CERTS: join(folder, 'absent.pem') } });
    const { isError, text } = await server.call('send_message', message);
    expect(isError).toBe(true);
    expect(text).toMatch(
      /^The API could not be reached: its certificate, .* is not trusted \(UNABLE_TO_\w+\)\./,
    );
    expect(text).toContain('NODE_EXTRA_CA_CERTS');
    expect(text).toContain('\nNothing was changed.\n');
    expect(text).not.toMatch(/^\s+at |\.js:\d/m);
    expect(upstream.arrivals).toHaveLength(0);
    expect(server.stderr()).toContain('absent.pem');
    expect(server.stderr()).not.toContain(key);
  });

  it('is rejected for another host even if the authority is trusted', async () => {
    const other = createAuthority('Another authority');
    const { serve, upstream, folder } = await scene({ tls: other.issue('other.opencx.test') });
    const server = await serve({ env: { NODE_EXTRA_CA_CERTS: other.file(folder) } });
    const { text } = await server.call('send_message', message);
    expect(text).toContain(
      'its certificate is not valid (ERR_TLS_CERT_ALTNAME_INVALID).\nNothing was changed.',
    );
    expect(upstream.arrivals).toHaveLength(0);
  });
});

describe('HTTPS_PROXY', () => {
  it('tunnels every request, so the proxy reads neither the key nor the content', async () => {
    const { serve, upstream, proxy, folder: _, ...env } = await secure();
    const { NODE_EXTRA_CA_CERTS, OPENCX_API_URL } = env;
    // Both names may be in lower case. NO_PROXY has other hosts.
    const proxied = {
      https_proxy: proxy.url.replace('//', '//jane:a%20word@'),
      no_proxy: `host, ${host}:444`,
    };
    const server = await serve({ env: { NODE_EXTRA_CA_CERTS, OPENCX_API_URL, ...proxied } });
    expect((await server.call('send_message', message)).view).toMatchObject({ outcome: 'sent' });
    expect((await server.call('get_session', { session_id: 'session-1' })).isError).toBe(false);
    expect(upstream.arrivals.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${key}`,
      `Bearer ${key}`,
      `Bearer ${key}`,
    ]);
    expect(upstream.arrivals.filter(isSend)).toHaveLength(1);
    // One tunnel for writes and one for reads.
    expect(proxy.tunnels).toEqual([`${host}:443`, `${host}:443`]);
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('jane:a word').toString('base64')}`);
    for (const word of [key, 'Bearer', 'refund', '/chat/sessions', 'session-1']) {
      expect(proxy.seen()).not.toContain(word);
    }
    expect(server.stderr()).not.toContain('word');
  });

  it('does not disable certificate checks', async () => {
    const { serveHere, upstream, proxy, OPENCX_API_URL, HTTPS_PROXY } = await secure();
    const server = await serveHere({ env: { OPENCX_API_URL, HTTPS_PROXY } });
    const { text } = await server.call('send_message', message);
    expect(text).toContain('or that of a proxy in between, is not trusted');
    expect(text).toContain('\nNothing was changed.\n');
    expect(proxy.seen()).not.toContain(key);
    expect(upstream.arrivals).toHaveLength(0);
  });

  it('that is unreachable fails the call before anything is sent, and the error names the proxy', async () => {
    const { serveHere, proxy, OPENCX_API_URL, HTTPS_PROXY } = await secure();
    await proxy.close();
    const server = await serveHere({ env: { OPENCX_API_URL, HTTPS_PROXY } });
    const { text } = await server.call('send_message', message);
    expect(text).toContain('The API could not be reached: the proxy did not open a connection.');
    expect(text).toContain('\nNothing was changed.\n');
  });

  it('is never used for a local API over plain http', async () => {
    const { serveHere, upstream } = await scene();
    const proxy = await startProxy(upstream.url);
    onTestFinished(() => proxy.close());
    const server = await serveHere({ env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
    expect((await server.call('list_sessions')).isError).toBe(false);
    expect(proxy.seen()).toBe('');
  });
});
