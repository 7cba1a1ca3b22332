import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smallestSession } from '../fakes/examples.ts';

/** An API that answers every request with a session, or holds it. */
export interface CountingApi {
  readonly url: string;
  readonly key: string;
  /** When requests arrived, in milliseconds of the monotonic clock. */
  readonly arrivals: readonly number[];
  /** Requests that are not answered, and whose connection is open. */
  held(): number;
  close(): Promise<void>;
}

/** @param isHeld whether a request gets no answer, by its path. */
export async function countingApi(isHeld: (path: string) => boolean = () => false): Promise<CountingApi> {
  const arrivals: number[] = [];
  const held = new Set<ServerResponse>();
  const server = createServer(({ url = '' }, response) => {
    arrivals.push(performance.now());
    if (isHeld(url)) {
      held.add(response);
      response.on('close', () => held.delete(response));
      return;
    }
    const id = url.split('/').at(-1) ?? '';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...smallestSession, id }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: 'ocx_counting_0123456789',
    arrivals,
    held: () => held.size,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
