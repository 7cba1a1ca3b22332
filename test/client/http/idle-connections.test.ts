import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { smallestSession } from '../../support/examples.ts';

let server: Server;
let connections = 0;

beforeEach(async () => {
  // undici's clock uses these timers.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  connections = 0;
  server = createServer((_, response) => response.end(JSON.stringify(smallestSession)));
  // A usual value behind a load balancer.
  server.keepAliveTimeout = 120_000;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

async function idle(ms: number) {
  // undici frees a connection one turn after the response has ended.
  await turn();
  vi.advanceTimersByTime(ms);
  for (let n = 0; n < 5; n += 1) await turn();
}

it('reads reuse a connection that was idle for 50 seconds, writes do not reuse one idle for 10', async () => {
  const { port } = server.address() as AddressInfo;
  const client = createClient({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}` });
  for (const ms of [10_000, 50_000, 0]) {
    await client.getSession('s1');
    await idle(ms);
  }
  expect(connections).toBe(1);
  // The server may be about to close an idle connection.
  await client.updateSession('s1', { status: 'open' });
  await idle(10_000);
  await client.updateSession('s1', { status: 'open' });
  expect(connections).toBe(3);
  await client.close();
});
