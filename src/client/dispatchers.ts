import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** Proxy settings as the usual environment variables give them. */
export interface ProxySettings {
  httpProxy?: string | undefined;
  httpsProxy?: string | undefined;
  /** Comma-separated hosts that are reached directly. */
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

/** Keep-alive pools for reads and for writes, through a proxy where one is set. */
export function createDispatchers(proxy: ProxySettings = {}): Dispatchers {
  const create = (idleMs: number): Dispatcher => {
    const options = {
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
      connect: { timeout: connectTimeoutMs },
    };
    return proxy.httpProxy || proxy.httpsProxy
      ? new EnvHttpProxyAgent({ ...options, ...definedOnly(proxy) })
      : new Agent(options);
  };
  return { reads: create(readIdleMs), writes: create(writeIdleMs) };
}

function definedOnly(proxy: ProxySettings): { httpProxy?: string; httpsProxy?: string; noProxy?: string } {
  return Object.fromEntries(Object.entries(proxy).filter(([, value]) => value !== undefined));
}
