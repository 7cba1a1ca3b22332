import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { ConnectionReset } from './fault-injection.ts';

/** A running server. */
export interface Listener {
  readonly url: string;
  /** Takes no more connections, gives running requests this many milliseconds, and cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Bytes of a request's line and headers: a long address is then answered by the app, and not by node's 431. */
const maxHeaderSize = 64 * 1024;

/**
 * Listens on a port; 0 takes a free one.
 * @throws when the port is taken or may not be used.
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
  host: string,
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
      reject(new Error(whyNot(error, port, host), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = () => server.closeAllConnections();
        const timer = setTimeout(cut, graceMs);
        // A connection whose request ends from now on waits for no other one; 0 would let it wait for ever.
        server.keepAliveTimeout = 1;
        // Closes connections that wait for a request, too.
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        if (graceMs === 0) cut();
      }),
  };
}

function whyNot(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is already in use; choose another one.`;
  if (error.code === 'EACCES')
    return `Port ${port} on ${host} may not be used by this user; choose one above 1023.`;
  return `The sandbox cannot listen on ${host}:${port}: ${error.message}.`;
}
