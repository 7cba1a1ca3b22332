import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

/** Longer than the idle time of common load balancers (60 s), so that they close connections, not this server. */
const keepAliveMs = 75_000;

export interface Listener {
  readonly url: string;
  /** Lets clients go: each response that begins from now on is the last one of its connection. */
  dismiss(): void;
  /** Accepts no more connections, and closes each one after the response that is under way. */
  close(): Promise<void>;
  /** Closes connections whose responses did not end. */
  cut(): void;
}

/**
 * Listens on a port; 0 = a free one.
 * @throws the error of the system if the address cannot be used.
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listener> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  // Later than the above: Node would answer a request that comes at the last moment with a reset.
  server.headersTimeout = keepAliveMs + 5000;
  let isDismissing = false;
  let isClosing = false;
  const underWay = new Set<ServerResponse>();
  const letGo = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_, response) => {
    underWay.add(response);
    if (isDismissing) letGo(response);
    response.once('close', () => {
      underWay.delete(response);
      // The client would keep the connection for its next request.
      if (isClosing) setImmediate(() => server.closeIdleConnections());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    dismiss() {
      isDismissing = true;
      underWay.forEach(letGo);
    },
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        server.close(() => resolve());
      }),
    cut: () => server.closeAllConnections(),
  };
}
