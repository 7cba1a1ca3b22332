import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** A server that speaks on one connection. */
export interface ConnectableServer {
  connect(transport: Transport): Promise<void>;
  close(): Promise<void>;
}

/** The two servers of which the client's first message chooses one. */
export interface Eras {
  /** For version 2025-11-25 and older. */
  readonly legacy: ConnectableServer;
  /** For version 2026-07-28. Loaded by the first message that belongs to it. */
  loadModern(): Promise<ConnectableServer>;
}

/**
 * Serves whichever era the client opens. A client that probes with `server/discover` may still choose the older one with
 * `initialize`.
 * @param wire not yet started.
 */
export async function serveEitherEra(
  wire: Transport,
  { legacy, loadModern }: Eras,
): Promise<{ close(): Promise<void> }> {
  const older = channelOn(wire);
  let era: 'opening' | 'probed' | 'legacy' | 'modern' = 'opening';
  let modern: Promise<{ server: ConnectableServer; channel: Transport }> | undefined;

  async function openModern() {
    const server = await loadModern();
    const channel = channelOn(wire);
    await server.connect(channel);
    return { server, channel };
  }
  wire.onmessage = (message, extra) => {
    if (era === 'opening' || era === 'probed') era = nextEra(era, message);
    if (era === 'legacy') {
      older.onmessage?.(message, extra);
      return;
    }
    modern ??= openModern();
    // Messages that arrive while it loads keep their order.
    modern.then(
      ({ channel }) => channel.onmessage?.(message),
      (error) => wire.onerror?.(error),
    );
  };
  wire.onclose = () => older.onclose?.();
  await legacy.connect(older);
  await wire.start();
  return {
    async close() {
      await legacy.close();
      const opened = await modern?.catch(() => undefined);
      await opened?.server.close();
      await wire.close();
    },
  };
}

function nextEra(
  era: 'opening' | 'probed',
  message: JSONRPCMessage,
): 'opening' | 'probed' | 'legacy' | 'modern' {
  const { method, params, id } = message as { method?: string; params?: unknown; id?: unknown };
  const { _meta } = Object(params) as { _meta?: unknown };
  const isModern = Object(_meta)['io.modelcontextprotocol/protocolVersion'] !== undefined;
  if (method === 'server/discover') return 'probed';
  if (isModern) return 'modern';
  // A cancelled probe names no version.
  return era === 'probed' && id === undefined ? era : 'legacy';
}

/** Looks like a connection of its own. Closing it leaves the wire open. */
function channelOn(wire: Transport): Transport {
  const channel: Transport = {
    start: async () => {},
    send: (message, options) => wire.send(message, options),
    close: async () => channel.onclose?.(),
  };
  return channel;
}
