import type { Dispatcher, Pool } from 'undici';
import type { RenewablePool } from './renewable-pool.ts';

/** Proxy settings, in the format of the usual environment variables. */
export interface ProxySettings {
  /** URL of an HTTP proxy, optionally with user and password. */
  httpsProxy?: string | undefined;
  /** Comma-separated hosts to reach directly, subdomains included. `*` for all. */
  noProxy?: string | undefined;
}

export interface ConnectionPools {
  readonly reads: Dispatcher;
  readonly writes: Dispatcher;
  /** Closes the connections that are not in use. They may have broken unnoticed. */
  dropIdle(): void;
  destroy(): Promise<void>;
}

/** Long enough to keep the connection open between two calls of a conversation. */
const readIdleMs = 60_000;

/**
 * A server may close an idle connection just as a request is written to it. A read is then retried, but the outcome
 * of a write is unknown. Writes therefore reuse only connections that were in use a moment ago.
 */
const writeIdleMs = 1_000;

export const connectTimeoutMs = 10_000;

/**
 * Creates keep-alive pools for reads and writes. A proxy is used as a tunnel (CONNECT) only: it sees the API's host, but
 * not the key or the requests. Plain http is for loopback and never uses a proxy. undici is loaded only for a proxy.
 */
export async function createConnectionPools(
  baseUrl: string,
  { httpsProxy, noProxy = '' }: ProxySettings = {},
): Promise<ConnectionPools> {
  const origin = new URL(new URL(baseUrl).origin);
  if (httpsProxy === undefined || origin.protocol === 'http:') {
    const { directPool } = await import('./direct-pool.ts');
    const direct = (idleMs: number) => directPool(origin, { idleMs, connectTimeoutMs });
    return pair(await direct(readIdleMs), await direct(writeIdleMs));
  }
  const { EnvHttpProxyAgent, Pool } = await import('undici');
  const clientFactory = (origin: URL, options: object) =>
    proxyPool(new Pool(origin, { ...options, headersTimeout: connectTimeoutMs }));
  const create = (idleMs: number): Dispatcher => {
    const options = {
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      connect: { timeout: connectTimeoutMs },
    };
    return new EnvHttpProxyAgent({ ...options, httpsProxy, httpProxy: '', noProxy, clientFactory });
  };
  return pair(
    renewable(() => create(readIdleMs)),
    renewable(() => create(writeIdleMs)),
  );
}

function pair(reads: RenewablePool, writes: RenewablePool): ConnectionPools {
  return {
    reads,
    writes,
    dropIdle() {
      reads.dropIdle();
      writes.dropIdle();
    },
    destroy: async () => void (await Promise.all([reads.destroy(), writes.destroy()])),
  };
}

/** undici cannot close idle connections alone. So the pool is replaced; the old one ends with its last request. */
function renewable(create: () => Dispatcher): RenewablePool {
  let current = create();
  const all = new Set([current]);
  const pool: Pick<RenewablePool, 'dispatch' | 'dropIdle'> & { destroy(): Promise<void> } = {
    dispatch: (options, handler) => current.dispatch(options, handler),
    dropIdle() {
      const old = current;
      current = create();
      all.add(current);
      old
        .close()
        .catch(() => {})
        .finally(() => all.delete(old));
    },
    destroy: async () => void (await Promise.all([...all].map((one) => one.destroy()))),
  };
  return pool as RenewablePool;
}

/** A proxy did not open a tunnel to the API. Nothing of the request was sent. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
}

/**
 * Turns failures of CONNECT into `TunnelError`. undici takes the error code UND_ERR_SOCKET for a lost idle connection
 * and reconnects: if a proxy hangs up on CONNECT, it would do so endlessly, even after the call has ended.
 */
export function proxyPool(pool: Pool): Dispatcher {
  const connect = pool.connect as (
    this: Pool,
    options: Dispatcher.ConnectOptions,
  ) => Promise<Dispatcher.ConnectData>;
  return Object.assign(pool, {
    async connect(options: Dispatcher.ConnectOptions) {
      const data = await connect.call(pool, options).catch((error: Error) => {
        throw new TunnelError('did not open a connection', { cause: error });
      });
      if (data.statusCode === 200) return data;
      data.socket.on('error', () => {}).destroy();
      throw new TunnelError(`answered ${data.statusCode}`);
    },
  });
}
