import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listen } from './upstream.ts';

/** An HTTP proxy on loopback that opens tunnels and records all bytes. */
export interface Proxy {
  readonly url: string;
  /** Host and port of each tunnel requested, in order. */
  readonly tunnels: readonly string[];
  /** The credentials of each request for a tunnel. */
  readonly credentials: readonly (string | undefined)[];
  /** All bytes in both directions, as the proxy sees them. */
  seen(): string;
  close(): Promise<void>;
}

/** @param target where every tunnel leads, because the host names of the tests do not resolve. */
export async function startProxy(target: string): Promise<Proxy> {
  const tunnels: string[] = [];
  const credentials: (string | undefined)[] = [];
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer) => {
    chunks.push(chunk);
  };
  const server = createServer((request, response) => {
    keep(Buffer.from(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`));
    response.writeHead(501).end();
  });
  server.on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    keep(Buffer.from(JSON.stringify(request.headers)));
    const { hostname, port } = new URL(target);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    socket.on('data', keep).on('error', () => onward.destroy());
    onward.on('data', keep).on('error', () => socket.destroy());
  });
  const { url, close } = await listen(server);
  return { url, tunnels, credentials, seen: () => Buffer.concat(chunks).toString('latin1'), close };
}
