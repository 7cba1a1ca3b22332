import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listen } from './upstream.ts';

/** An HTTP proxy on loopback that opens tunnels, and keeps what it can read of what passes. */
export interface Proxy {
  readonly url: string;
  /** Hosts and ports that a tunnel was asked for, in order. */
  readonly tunnels: readonly string[];
  /** The credentials that came with each wish. */
  readonly credentials: readonly (string | undefined)[];
  /** All bytes that went through it, either way, as it sees them. */
  seen(): string;
  close(): Promise<void>;
}

/** @param target where each tunnel leads, whatever host it was asked for: names of the tests are known to nobody else. */
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
