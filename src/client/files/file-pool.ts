import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { connectTimeoutMs, type ProxySettings, proxyPool } from '../http/connection-pools.ts';
import { isPublicAddress } from './public-address.ts';

/** Few files come from the same host soon after. */
const idleMs = 1_000;

/** A name that resolves to no public address. */
export class NotPublicError extends Error {
  override readonly name = 'NotPublicError';
}

/**
 * Resolves names to public addresses only. A connection uses the very addresses that are checked here, so a name that
 * resolves differently the next time changes nothing.
 * @param lookup resolves names; `dns.lookup` in production.
 */
export function publicLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const [first, ...others] = (found as LookupAddress[]).filter(({ address }) => isPublicAddress(address));
      if (first === undefined) callback(new NotPublicError('The name resolves to no public address.'), '');
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Connections to hosts that serve files of messages. Without a proxy, they go to public addresses only. A proxy resolves
 * names itself, so behind one only the name of a host is checked.
 * @param connect options of every direct connection. `lookup` has to be a `publicLookup`.
 */
export async function createFilePool(
  { httpsProxy, noProxy = '' }: ProxySettings,
  connect: { lookup: LookupFunction; ca?: string },
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, Pool } = await import('undici');
  const options = {
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    connect: { ...connect, timeout: connectTimeoutMs },
  };
  if (httpsProxy === undefined) return new Agent(options);
  const clientFactory = (origin: URL, given: object) =>
    proxyPool(new Pool(origin, { ...given, headersTimeout: connectTimeoutMs }));
  return new EnvHttpProxyAgent({
    ...options,
    ...(connect.ca === undefined ? {} : { requestTls: { ca: connect.ca } }),
    httpsProxy,
    httpProxy: '',
    noProxy,
    clientFactory,
  });
}
