import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createClient } from '../../../src/client/client.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const request = { url: 'https://files.example/a', maxBytes: 1000, accepts: () => true };

it('a client fetches files through its proxy, by a pool of its own that it closes', async () => {
  const asked: string[] = [];
  const proxy = createServer((socket) =>
    socket
      .on('error', () => {})
      .once('data', (chunk) => {
        asked.push(String(chunk).split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      }),
  );
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  const httpsProxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const client = createClient({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', proxy: { httpsProxy } });
  const outcome = await client.fetchFile(request);
  expect(outcome).toEqual({ state: 'not_fetched', problem: 'unreachable' });
  expect(asked).toEqual(['CONNECT files.example:443 HTTP/1.1']);
  await client.close();
  await expect(client.fetchFile(request)).rejects.toMatchObject({ kind: 'closed' });
});

it('a client fetches no file from a name that resolves to this machine', async () => {
  const lookup = (_: string, __: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  syncBuiltinESMExports();
  // Only what the client is told counts.
  vi.stubEnv('https_proxy', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const client = createClient({ apiKey: 'k' });
  expect(await client.fetchFile(request)).toEqual({ state: 'not_fetched', problem: 'not_public' });
  await client.close();
});
