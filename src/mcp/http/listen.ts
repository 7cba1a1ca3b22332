import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Clock, systemClock } from '../../time/clock.ts';

/** Longer than the idle time of common load balancers (60 s), so that they close connections, not this server. */
const keepAliveMs = 75_000;

/** Time for load balancers to notice that a server is not ready any more. */
const noticeMs = 5000;
/** One that was late, or a machine that is busy, takes longer. Whoever ends this server waits for 70 s in all. */
const maxNoticeMs = 12_000;
/** Without calls for this long, they have noticed. */
const quietMs = 1000;

export interface Listener {
  readonly url: string;
  /** Lets clients go: each response that begins from now on is the last one of its connection. */
  dismiss(): void;
  /** Waits for load balancers to send their calls elsewhere, for 5 to 12 seconds. Health checks are no calls. */
  untilLeft(): Promise<void>;
  /** Accepts no more connections, and closes each one after the response that is under way. */
  close(): Promise<void>;
  /** Closes connections whose responses did not end. */
  cut(): void;
}

interface ListenOptions {
  readonly clock?: Clock;
  /**
   * Replaces the global `Request` and `Response` by those of the adapter, which make no stream of an answer: a sixth less CPU
   * time for a call in version 2026-07-28. Only for a process that does nothing else.
   */
  readonly ownsProcess?: boolean;
}

/**
 * Listens on a port; 0 = a free one.
 * @throws the error of the system if the address cannot be used.
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  { port, host }: { readonly port: number; readonly host: string },
  { clock = systemClock, ownsProcess = false }: ListenOptions = {},
): Promise<Listener> {
  const answer = async (request: Request) => {
    const response = await fetch(request);
    // The SDK asks to keep the connection of a stream, which would count more than the header below.
    if (isDismissing) response.headers.delete('connection');
    return response;
  };
  const server = createAdaptorServer({ fetch: answer, overrideGlobalObjects: ownsProcess }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  // Later than the above: Node would answer a request that comes at the last moment with a reset.
  server.headersTimeout = keepAliveMs + 5000;
  let isDismissing = false;
  let isClosing = false;
  const underWay = new Set<ServerResponse>();
  const letGo = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  let lastCall = Number.NEGATIVE_INFINITY;
  server.prependListener('request', ({ url }, response) => {
    if (url !== '/readyz' && url !== '/healthz') lastCall = clock.monotonic();
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
    async untilLeft() {
      const end = clock.monotonic() + maxNoticeMs;
      await clock.sleep(noticeMs);
      // A connection that was accepted and has sent nothing yet would be closed without an answer.
      while (clock.monotonic() - lastCall < quietMs && clock.monotonic() < end) await clock.sleep(quietMs);
    },
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        server.close(() => resolve());
      }),
    cut: () => server.closeAllConnections(),
  };
}
