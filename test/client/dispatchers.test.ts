import { once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { smallestSession } from '../contract/examples.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let upstream: Upstream;

beforeEach(async () => {
  upstream = await startUpstream();
});

afterEach(async () => {
  await upstream.close();
});

describe('a dispatcher of the caller', () => {
  it('carries every request, and stays open when the client is closed', async () => {
    const dispatcher = new Agent();
    const client = createClient({ apiKey: 'k', baseUrl: upstream.url, dispatcher });
    upstream.script({ json: smallestSession }, { status: 200 }, { json: smallestSession });
    await client.getSession('s1');
    // undici marks a connection free one turn after the answer's body ended.
    await setImmediate();
    await client.updateSession('s1', { status: 'open' });
    expect(upstream.connections()).toBe(1);
    await client.close();
    await client.getSession('s2');
    expect(upstream.requests).toHaveLength(3);
    await dispatcher.destroy();
  });
});

describe('a proxy', () => {
  it('is what the client connects to, unless the host is excepted', async () => {
    let lines = '';
    const proxy = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (chunk) => {
        lines += chunk.toString();
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const httpProxy = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;

    const through = createClient({ apiKey: 'k', baseUrl: upstream.url, proxy: { httpProxy } });
    await through.getSession('s1').catch(() => undefined);
    expect(lines).not.toBe('');
    expect(upstream.requests).toHaveLength(0);

    const past = createClient({
      apiKey: 'k',
      baseUrl: upstream.url,
      proxy: { httpProxy, noProxy: '127.0.0.1' },
    });
    upstream.script({ json: smallestSession });
    await past.getSession('s1');
    expect(upstream.requests).toHaveLength(1);

    await Promise.all([through.close(), past.close()]);
    proxy.close();
  });
});
