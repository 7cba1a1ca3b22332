import type { Dispatcher, Pool } from 'undici';

/** Proxy settings as the usual environment variables give them. */
export interface ProxySettings {
  /** Address of an HTTP proxy, with user and password where it wants them. */
  httpsProxy?: string | undefined;
  /** Hosts that are reached directly, with the domains below them: comma-separated, `*` for all. */
  noProxy?: string | undefined;
}

export interface Dispatchers {
  readonly reads: Dispatcher;
  readonly writes: Dispatcher;
}

/** A person thinks between two calls: a minute keeps the TLS session of a conversation alive. */
const readIdleMs = 60_000;

/**
 * A server may close an idle connection at the moment we write to it. For a read that is a repeat; for a message
 * it is an outcome nobody knows. So writes reuse only a connection that was busy a moment ago.
 */
const writeIdleMs = 1_000;

const connectTimeoutMs = 10_000;

/**
 * Keep-alive pools for reads and for writes. A proxy is only asked for a tunnel (CONNECT): it sees the API's host, and
 * neither the key nor anything else of a request. Plain http, which is for this machine alone, never goes through one.
 * undici is loaded here, where there is a proxy.
 */
export async function createDispatchers(
  baseUrl: string,
  { httpsProxy, noProxy = '' }: ProxySettings = {},
): Promise<Dispatchers> {
  const origin = new URL(new URL(baseUrl).origin);
  if (httpsProxy === undefined || origin.protocol === 'http:') {
    const { directPool } = await import('./direct-pool.ts');
    const direct = (idleMs: number) => directPool(origin, { idleMs, connectTimeoutMs });
    return { reads: await direct(readIdleMs), writes: await direct(writeIdleMs) };
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
  return { reads: create(readIdleMs), writes: create(writeIdleMs) };
}

/** A proxy that opened no way to the API; nothing of the request has left. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
}

/**
 * Connections to a proxy. For undici an error with the code UND_ERR_SOCKET means that a connection was lost while
 * idle, so it connects anew: a proxy that hangs up on CONNECT would be asked again without end, even after the call
 * is over. As an error of another class it ends the request.
 */
function proxyPool(pool: Pool): Dispatcher {
  const connect = pool.connect as (
    this: Pool,
    wish: Dispatcher.ConnectOptions,
  ) => Promise<Dispatcher.ConnectData>;
  return Object.assign(pool, {
    async connect(wish: Dispatcher.ConnectOptions) {
      const data = await connect.call(pool, wish).catch((error: Error) => {
        throw new TunnelError('did not open a connection', { cause: error });
      });
      if (data.statusCode === 200) return data;
      data.socket.on('error', () => {}).destroy();
      throw new TunnelError(`answered ${data.statusCode}`);
    },
  });
}
