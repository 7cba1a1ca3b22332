import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { createConnectionPools } from '../../../src/client/http/connection-pools.ts';
import { roundTrip } from '../../../src/client/http/transport.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { smallestSession } from '../../support/fakes/examples.ts';
import { startUpstream, type Upstream } from '../../support/fakes/http-server.ts';
import { startProxy as startTunnels } from '../../support/faults/proxy.ts';
import { startFileHost } from '../../support/files/file-host.ts';

let upstream: Upstream;

beforeEach(async () => {
  upstream = await startUpstream();
});

afterEach(async () => {
  await upstream.close();
});

describe('the dispatcher option', () => {
  it('is used for every request and stays open when the client is closed', async () => {
    const dispatcher = new Agent();
    const client = createClient({ apiKey: 'k', baseUrl: upstream.url, dispatcher });
    upstream.script({ json: smallestSession }, { status: 200 }, { json: smallestSession });
    await client.getSession('s1');
    // undici frees a connection one turn after the response has ended.
    await setImmediate();
    await client.updateSession('s1', { status: 'open' });
    expect(upstream.connections()).toBe(1);
    await client.close();
    await client.getSession('s2');
    expect(upstream.requests).toHaveLength(3);
    await dispatcher.destroy();
  });
});

/** A proxy that handles every CONNECT with `handle`. `connects` counts them. */
async function startProxy(handle: (socket: Socket) => void) {
  const proxy = { url: '', connects: 0, received: '', close: async () => {} };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', (chunk) => {
      proxy.connects += 1;
      proxy.received += chunk.toString();
      handle(socket);
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

describe('a request through a proxy', () => {
  const message = { sender: 'agent', message: { type: 'text', text: 'Hello' } } as const;

  it.each([
    [
      'answers 407',
      'answered 407',
      (socket: Socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    ],
    // Without TunnelError, undici would reconnect endlessly, even after the call has ended.
    ['hangs up', 'did not open a connection', (socket: Socket) => socket.end()],
    ['resets', 'did not open a connection', (socket: Socket) => socket.resetAndDestroy()],
    ['does not speak HTTP', 'did not open a connection', (socket: Socket) => socket.end('220 ESMTP\r\n\r\n')],
  ] as const)(
    'is retried twice and then rejected as not sent if the proxy %s',
    async (_, problem, handle) => {
      const proxy = await startProxy(handle);
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
      expect(sent).toHaveProperty('error.message', `The API could not be reached: the proxy ${problem}.`);
      const { cause } = (sent as { error: { cause: Error } }).error;
      expect('cause' in cause).toBe(problem === 'did not open a connection');
      expect(proxy.connects).toBe(3);
      expect(proxy.received).toContain('CONNECT api.example.com:443 HTTP/1.1');
      expect(proxy.received).not.toContain('ocx_secret_key');
      await client.close();
      await proxy.close();
    },
  );

  it('ends when the client is closed while the proxy opens no tunnel', async () => {
    let answer = (_socket: Socket) => {};
    const asked = new Promise<Socket>((resolve) => {
      answer = resolve;
    });
    const proxy = await startProxy((socket) => answer(socket));
    const client = createClient({
      apiKey: 'k',
      baseUrl: 'https://api.example.com',
      proxy: { httpsProxy: proxy.url },
    });
    const sent = client.sendMessage('s1', message);
    const hungUp = once(await asked, 'close');
    await client.close();
    expect(await sent).toMatchObject({ outcome: 'rejected', error: { mayHaveArrived: false } });
    await hungUp;
    await proxy.close();
  });

  it('keeps its tunnel until the connections that are not in use are closed', async () => {
    // Nobody trusts the certificate of the host. Node warns of this setting.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => {
      vi.unstubAllEnvs();
      warned.mockRestore();
    });
    const host = await startFileHost();
    host.serve('/a', 'words');
    const proxy = await startTunnels(`http://127.0.0.1:${host.port}`);
    const pools = await createConnectionPools(host.url(''), { httpsProxy: proxy.url });
    const read = async () => {
      const request = { origin: host.url(''), path: '/a', method: 'GET' } as const;
      const { text } = await roundTrip(pools.reads, request, { deadline: Deadline.after(10_000) }, () => {});
      expect(text).toBe('words');
      await setImmediate();
    };
    await read();
    await read();
    expect(proxy.tunnels).toHaveLength(1);
    pools.dropIdle();
    await read();
    expect(proxy.tunnels).toHaveLength(2);
    await pools.destroy();
    await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
    await proxy.close();
    await host.close();
  });

  it('bypasses the proxy for plain http, which would expose the key to it', async () => {
    const proxy = await startProxy((socket) => socket.end());
    upstream.script({ json: smallestSession });
    const client = createClient({ apiKey: 'k', baseUrl: upstream.url, proxy: { httpsProxy: proxy.url } });
    await client.getSession('s1');
    expect(upstream.requests).toHaveLength(1);
    expect(proxy.connects).toBe(0);
    await client.close();
    await proxy.close();
  });
});

describe('a message whose connection is not established', () => {
  const message = { sender: 'agent', message: { type: 'text', text: 'Hello' } } as const;

  /** Accepts connections and never answers. `clientHello` resolves when a TLS client has sent its first bytes. */
  async function silentHost() {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const clientHello = once(server, 'connection').then(([socket]) => once(socket as Socket, 'data'));
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clientHello,
      sockets,
      close: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    };
  }

  it('is rejected as not sent after the deadline', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url, timeoutMs: 300 });
    expect(await client.sendMessage('s1', message)).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'timeout', mayHaveArrived: false },
    });
    await client.close();
    host.close();
  });

  it('is rejected as not sent when the call is cancelled', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url });
    const cancel = new AbortController();
    const sent = client.sendMessage('s1', message, { signal: cancel.signal });
    await host.clientHello;
    cancel.abort();
    expect(await sent).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'cancelled', mayHaveArrived: false },
    });
    await client.close();
    host.close();
  });

  it('is rejected as not sent when the host hangs up during the TLS handshake', async () => {
    const host = await silentHost();
    const client = createClient({ apiKey: 'k', baseUrl: host.url, timeoutMs: 3000 });
    const sent = client.sendMessage('s1', message);
    await host.clientHello;
    host.close();
    expect(await sent).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'connection', mayHaveArrived: false },
    });
    await client.close();
  });
});

describe('a client that is closed while it connects', () => {
  it('sends nothing afterwards, and says so', async () => {
    // It accepts connections, and answers no handshake.
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = createClient({ apiKey: 'key-of-a-test', baseUrl: `https://127.0.0.1:${port}` });
    const connected = once(server, 'connection');
    const sent = client.sendMessage('s1', { sender: 'agent', message: { type: 'text', text: 'Hello' } });
    const [socket] = await connected;
    const hungUp = once(socket, 'close');
    await client.close();
    expect(await sent).toMatchObject({ outcome: 'rejected' });
    await hungUp;
    await expect(client.getSession('s1')).rejects.toThrow('The client is closed.');
  });
});
