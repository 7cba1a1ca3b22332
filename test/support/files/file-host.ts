import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { createFilePool, publicLookup } from '../../../src/client/files/file-pool.ts';
import { type Authority, createAuthority } from '../faults/certificates.ts';

/** A PNG of one pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A host of files that anybody may have put online, over https. */
export interface FileHost {
  readonly port: number;
  /** The certificate authority that issued its certificate. */
  readonly authority: Authority;
  /** Requests received, in order. */
  readonly requests: readonly IncomingMessage[];
  /** The address of a path under a host name. */
  url(path: string, hostname?: string): string;
  /** Answers this path. Other paths get a 404. */
  serve(path: string, handler: Handler | Buffer | string, type?: string): void;
  close(): Promise<void>;
}

/** Names under which it has a certificate. */
const names = ['files.example', 'other.example', 'rebound.example', 'mixed.example'];

export async function startFileHost(): Promise<FileHost> {
  const authority = createAuthority('Files test CA');
  const handlers = new Map<string, Handler>();
  const requests: IncomingMessage[] = [];
  const server: Server = createServer(authority.issue(...names), (request, response) => {
    requests.push(request);
    const handler = handlers.get(request.url ?? '');
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    authority,
    requests,
    url: (path, hostname = 'files.example') => `https://${hostname}:${port}${path}`,
    serve: (path, content, type = 'application/octet-stream') =>
      void handlers.set(
        path,
        typeof content === 'function'
          ? content
          : (_, response) => response.writeHead(200, { 'content-type': type }).end(content),
      ),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A resolver that gives these addresses for a name, or others for each further time. */
export function dnsOf(answers: Readonly<Record<string, readonly string[][]>>) {
  const asked: string[] = [];
  const lookup = ((
    hostname: string,
    _options: object,
    callback: (error: Error | null, found: unknown) => void,
  ) => {
    const times = asked.filter((one) => one === hostname).length;
    asked.push(hostname);
    const known = answers[hostname];
    const addresses = known?.[Math.min(times, known.length - 1)];
    if (addresses === undefined)
      return callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as LookupFunction;
  return { asked, lookup };
}

/**
 * The pool of production, with two changes: names are resolved by `lookup`, and what passed the check leads to this
 * machine, because no test may leave it. `connected` collects the addresses that passed.
 */
export async function filePoolTo(
  { authority }: FileHost,
  lookup: LookupFunction,
  httpsProxy?: string,
): Promise<{ pool: Dispatcher; connected: string[] }> {
  const connected: string[] = [];
  const checked = publicLookup(lookup);
  const toLoopback = ((
    hostname: string,
    options: object,
    callback: (error: Error | null, ...found: unknown[]) => void,
  ) =>
    checked(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      connected.push(...(found as unknown as { address: string }[]).map(({ address }) => address));
      if ((options as { all?: boolean }).all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    })) as LookupFunction;
  const pool = await createFilePool({ httpsProxy }, { lookup: toLoopback, ca: authority.cert });
  return { pool, connected };
}
