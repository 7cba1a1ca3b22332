import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { smallestSession } from '../../support/examples.ts';
import { startUpstream, type Upstream } from '../../support/http-server.ts';

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

/** A proxy that treats each wish for a tunnel as told; `asked` counts them. */
async function startProxy(treat: (socket: Socket) => void) {
  const proxy = { url: '', asked: 0, words: '', close: async () => {} };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', (chunk) => {
      proxy.asked += 1;
      proxy.words += chunk.toString();
      treat(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return proxy;
}

describe('a proxy', () => {
  const message = { sender: 'agent', message: { type: 'text', text: 'Hello' } } as const;

  it.each([
    ['refuses', 'answered 407', (socket: Socket) => socket.end('HTTP/1.1 407 Who are you?\r\n\r\n')],
    // undici by itself would connect to it anew without end, even after the call is over.
    ['hangs up', 'did not open a connection', (socket: Socket) => socket.end()],
    ['resets', 'did not open a connection', (socket: Socket) => socket.resetAndDestroy()],
    ['speaks no HTTP', 'did not open a connection', (socket: Socket) => socket.end('220 ESMTP\r\n\r\n')],
  ] as const)(
    'that %s is asked three times, and a message certainly did not leave',
    async (_, said, treat) => {
      const proxy = await startProxy(treat);
      const httpsProxy = proxy.url;
      const client = createClient({
        apiKey: 'ocx_secret_key',
        baseUrl: 'https://api.example.com',
        proxy: { httpsProxy },
      });
      const sent = await client.sendMessage('s1', message);
      expect(sent).toMatchObject({
        outcome: 'rejected',
        error: { kind: 'connection', mayHaveArrived: false },
      });
      expect(sent).toHaveProperty('error.message', `The API could not be reached: the proxy ${said}.`);
      expect(proxy.asked).toBe(3);
      expect(proxy.words).toContain('CONNECT api.example.com:443 HTTP/1.1');
      expect(proxy.words).not.toContain('ocx_secret_key');
      await client.close();
      await proxy.close();
    },
  );

  it('is never used for plain http, which is for this machine: it would read the key', async () => {
    const proxy = await startProxy((socket) => socket.end());
    upstream.script({ json: smallestSession });
    const client = createClient({ apiKey: 'k', baseUrl: upstream.url, proxy: { httpsProxy: proxy.url } });
    await client.getSession('s1');
    expect(upstream.requests).toHaveLength(1);
    expect(proxy.asked).toBe(0);
    await client.close();
    await proxy.close();
  });
});

describe('a connection that does not come about', () => {
  const message = { sender: 'agent', message: { type: 'text', text: 'Hello' } } as const;

  /** Takes connections, and what comes first: of a TLS client, its greeting. */
  async function silentHost() {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const greeted = once(server, 'connection').then(([socket]) => once(socket as Socket, 'data'));
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      greeted,
      sockets,
      close: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    };
  }

  it('in time: the message certainly did not leave', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url, timeoutMs: 300 });
    expect(await client.sendMessage('s1', message)).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'timeout', mayHaveArrived: false },
    });
    await client.close();
    host.close();
  });

  it('before the call is cancelled: the message certainly did not leave', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url });
    const cancel = new AbortController();
    const sent = client.sendMessage('s1', message, { signal: cancel.signal });
    await host.greeted;
    cancel.abort();
    expect(await sent).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'cancelled', mayHaveArrived: false },
    });
    await client.close();
    host.close();
  });

  it('because the host hangs up in the midst of the handshake: the message certainly did not leave', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url, timeoutMs: 3000 });
    const sent = client.sendMessage('s1', message);
    await host.greeted;
    host.close();
    expect(await sent).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'connection', mayHaveArrived: false },
    });
    await client.close();
  });
});
