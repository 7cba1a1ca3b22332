import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directPool } from '../../../src/client/http/direct-pool.ts';
import type { RenewablePool } from '../../../src/client/http/renewable-pool.ts';

/** Containers may have none. */
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');

/** What a request came to: the status of its answer, or the code of its error. */
function ask(pool: RenewablePool) {
  let started = false;
  const taken = { is: false };
  const outcome = new Promise<unknown>((resolve) => {
    taken.is = pool.dispatch(
      { path: '/', method: 'GET', body: null, headers: {} },
      {
        onRequestStart() {
          started = true;
        },
        onResponseStart: (_, status) => resolve(status),
        onResponseData() {},
        onResponseEnd() {},
        onResponseError: (_, error) => resolve((error as NodeJS.ErrnoException).code),
      },
    );
  });
  return { outcome, isTaken: taken.is, hasStarted: () => started };
}

/** A host that accepts connections and says nothing. */
async function silentHost(onConnection: (socket: Socket) => void = () => {}) {
  const server = createServer((socket) => onConnection(socket.on('error', () => {})));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const origin = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    server,
    open: (connectTimeoutMs: number) => directPool(origin, { idleMs: 1000, connectTimeoutMs }),
  };
}

describe('a request', () => {
  it('fails if its connection is not ready in time', async () => {
    const host = await silentHost();
    const pool = await host.open(30);
    const { outcome, hasStarted } = ask(pool);
    expect(await outcome).toBe('ETIMEDOUT');
    expect(hasStarted()).toBe(false);
    await pool.destroy();
  });

  it('fails if its host hangs up before the connection is ready', async () => {
    const host = await silentHost((socket) => socket.destroy());
    const pool = await host.open(5000);
    expect(await ask(pool).outcome).toBe('ECONNRESET');
    await pool.destroy();
  });

  it('fails if the pool is closed while it connects, and later ones are not taken', async () => {
    const host = await silentHost();
    const pool = await host.open(5000);
    const connected = once(host.server, 'connection');
    const first = ask(pool);
    expect(first.isTaken).toBe(true);
    await connected;
    await pool.destroy();
    expect(await first.outcome).toBe('ECONNABORTED');
    const later = ask(pool);
    expect(later.isTaken).toBe(false);
    expect(await later.outcome).toBe('ECONNABORTED');
  });

  it.skipIf(!hasIpv6)('may go to an IPv6 address', async () => {
    const server = createHttpServer((request, response) => response.end(request.headers.host));
    await once(server.listen(0, '::1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const pool = await directPool(new URL(`http://[::1]:${port}`), { idleMs: 1000, connectTimeoutMs: 5000 });
    expect(await ask(pool).outcome).toBe(200);
    await pool.destroy();
  });
});
