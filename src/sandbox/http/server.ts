import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { ConnectionReset } from './fault-injection.ts';

/** A running server. */
export interface Listener {
  readonly url: string;
  /** Stops accepting connections. Running requests get `graceMs` milliseconds before their connections are closed. */
  close(graceMs: number): Promise<void>;
}

/** Bytes of request line and headers. Large enough that the app answers a long URL, not Node with a 431. */
const maxHeaderSize = 64 * 1024;

/**
 * Listens on a port; 0 = a free one.
 * @param ref whether the server and its connections keep the process alive.
 * @throws if the port is in use or not permitted.
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
  host: string,
  ref = true,
): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: async (request, { incoming }) => {
      try {
        return await fetch(request);
      } catch (error) {
        if (!(error instanceof ConnectionReset)) throw error;
        incoming.socket.resetAndDestroy();
        return RESPONSE_ALREADY_SENT;
      }
    },
    overrideGlobalObjects: false,
    serverOptions: { maxHeaderSize },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      server.close();
      reject(new Error(listenError(error, port, host), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  if (!ref) {
    server.unref();
    server.on('connection', (socket) => socket.unref());
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        const closeAll = () => server.closeAllConnections();
        const timer = setTimeout(closeAll, graceMs);
        // Close connections once their running request ends. 0 would mean no timeout.
        server.keepAliveTimeout = 1;
        // Also closes idle connections.
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        if (graceMs === 0) closeAll();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is already in use; choose another one.`;
  if (error.code === 'EACCES')
    return `Port ${port} on ${host} is not permitted for this user; choose one above 1023.`;
  return `The sandbox cannot listen on ${host}:${port}: ${error.message}.`;
}
