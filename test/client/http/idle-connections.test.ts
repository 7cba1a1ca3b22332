import { createServer, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { smallestSession } from '../../support/fakes/examples.ts';

let server: Server;
let connections = 0;

beforeEach(async () => {
  vi.spyOn(Socket.prototype, 'setTimeout');
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
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

/** Fires the idle timeout of every connection that has this one. Fake timers do not reach Node's socket timeouts. */
function expire(ms: number) {
  const { calls, contexts } = vi.mocked(Socket.prototype.setTimeout).mock;
  const kept = contexts.filter((_, n) => calls[n]?.[0] === ms);
  for (const socket of new Set(kept as Socket[])) socket.emit('timeout');
}

it('reads reuse a connection for a minute, writes for a second', async () => {
  const { port } = server.address() as AddressInfo;
  const client = createClient({ apiKey: 'k', baseUrl: `http://127.0.0.1:${port}` });
  const read = async () => {
    await client.getSession('s1');
    await turn();
  };
  const write = async () => {
    await client.updateSession('s1', { status: 'open' });
    await turn();
  };
  await read();
  await read();
  expect(connections).toBe(1);
  // The server may be about to close an idle connection.
  await write();
  await write();
  expect(connections).toBe(2);
  expire(1_000);
  await write();
  expect(connections).toBe(3);
  await read();
  expect(connections).toBe(3);
  expire(60_000);
  await read();
  expect(connections).toBe(4);
  await client.close();
});
